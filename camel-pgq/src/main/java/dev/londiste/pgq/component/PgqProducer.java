package dev.londiste.pgq.component;

import dev.londiste.pgq.component.produce.Administration;
import dev.londiste.pgq.component.produce.Inserter;
import org.apache.camel.Exchange;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.health.WritableHealthCheckRepository;
import org.apache.camel.support.DefaultProducer;

/** Inserts events and administers queues. Thread-safe. */
public class PgqProducer extends DefaultProducer {

    private final PgqEndpoint endpoint;
    private final Inserter inserter;
    private final Administration administration;
    private final HealthCheck health;
    private WritableHealthCheckRepository healthChecks;

    public PgqProducer(PgqEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
        this.inserter = new Inserter(endpoint.getConfiguration());
        this.administration = new Administration(endpoint.getConfiguration());
        this.health = new PgqProducerHealthCheck(endpoint);
    }

    /** Camel has a repository for checks of producers only where they are wanted. */
    @Override
    protected void doStart() throws Exception {
        super.doStart();
        healthChecks = HealthCheckHelper.getHealthCheckRepository(
                endpoint.getCamelContext(), "producers", WritableHealthCheckRepository.class);
        if (healthChecks != null) {
            health.setEnabled(endpoint.getComponent().isHealthCheckProducerEnabled());
            healthChecks.addHealthCheck(health);
        }
    }

    @Override
    protected void doStop() throws Exception {
        if (healthChecks != null) {
            healthChecks.removeHealthCheck(health);
        }
        super.doStop();
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
