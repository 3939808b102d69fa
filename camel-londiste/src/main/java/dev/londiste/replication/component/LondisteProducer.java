package dev.londiste.replication.component;

import dev.londiste.replication.sync.Replay;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;

/**
 * Runs operations. With APPLY as the endpoint's operation it takes part in the batches of the job's consumer from its
 * start on. Thread-safe, but for APPLY, which takes its events on the consumer's thread only.
 */
public class LondisteProducer extends DefaultProducer {

    private final LondisteEndpoint endpoint;
    private Replay replay;

    public LondisteProducer(LondisteEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        if (endpoint.getConfiguration().getOperation() == LondisteOperation.APPLY) {
            Requirements.check(endpoint, LondisteOperation.APPLY);
            Requirements.refuseLazyStart(endpoint);
            replay = endpoint.component().runningJobs().join(endpoint);
        }
    }

    @Override
    protected void doStop() throws Exception {
        if (replay != null) {
            replay = null;
            endpoint.component().runningJobs().leave(endpoint);
        }
        super.doStop();
    }

    @Override
    public void process(Exchange exchange) {
        if (replay != null) {
            Requirements.refuseOtherOperation(endpoint, exchange);
            new EventsOfExchange(exchange).forEach(replay::accept);
            return;
        }
        var arguments = new Arguments(endpoint.getConfiguration(), exchange);
        arguments.requireKnown();
        var operation = arguments.operation();
        Requirements.check(endpoint, operation);
        var result = new Operations(endpoint).run(operation, arguments);
        var message = exchange.getMessage();
        message.setBody(result);
        Arguments.removeFrom(message);
    }
}
