package dev.londiste.pgq.component;

import dev.londiste.pgq.component.produce.Administration;
import dev.londiste.pgq.component.produce.Inserter;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;

/** Inserts events and administers queues. Thread-safe. */
public class PgqProducer extends DefaultProducer {

    private final PgqEndpoint endpoint;
    private final Inserter inserter;
    private final Administration administration;

    public PgqProducer(PgqEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
        this.inserter = new Inserter(endpoint.getConfiguration());
        this.administration = new Administration(endpoint.getConfiguration());
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        var message = exchange.getMessage();
        var named = message.removeHeader(PgqConstants.OPERATION);
        var operation = named == null
                ? endpoint.getConfiguration().getOperation()
                : exchange.getContext().getTypeConverter().mandatoryConvertTo(PgqOperation.class, exchange, named);
        var override = message.removeHeader(PgqConstants.OVERRIDE_QUEUE);
        var queue = override == null ? endpoint.getQueue() : override.toString();
        if (operation == PgqOperation.INSERT_EVENT) {
            inserter.insert(queue, message);
        } else {
            message.setBody(administration.run(operation, queue, message));
        }
    }
}
