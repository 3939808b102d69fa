package dev.londiste.replication.component;

import dev.londiste.replication.admin.Subscriber;
import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.sync.Replay;
import dev.londiste.replication.sync.ReplayStatistics;
import org.apache.camel.Exchange;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedOperation;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.support.DefaultProducer;

/**
 * Runs operations. With APPLY as the endpoint's operation it takes part in the batches of the job's consumer from its
 * start on. Thread-safe, but for APPLY, which takes its events on the consumer's thread only.
 */
@ManagedResource(description = "Replication of tables between PostgreSQL databases")
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
            var dryRun = endpoint.getConfiguration().getArguments().get("dryRun");
            Requirements.refuseDryRun(endpoint, LondisteOperation.APPLY, "true".equals(String.valueOf(dryRun)));
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
        Requirements.refuseDryRun(endpoint, operation, arguments.dryRun());
        arguments.requireTakenBy(operation);
        Requirements.check(endpoint, operation);
        var result = new Operations(endpoint).run(operation, arguments);
        var message = exchange.getMessage();
        message.setBody(result);
        ArgumentValues.removeFrom(message);
    }

    @ManagedAttribute(description = "Name of the job")
    public String getJobName() {
        return endpoint.getJobName();
    }

    @ManagedAttribute(description = "Name of the queue")
    public String getQueue() {
        return endpoint.getConfiguration().getQueue();
    }

    @ManagedAttribute(description = "active, standby while another process replays, or none without APPLY")
    public String getRole() {
        return replay == null ? "none" : statistics().role();
    }

    @ManagedAttribute(description = "Events applied since the start")
    public long getAppliedEvents() {
        return replay == null ? 0 : statistics().events();
    }

    @ManagedAttribute(description = "Batches applied since the start")
    public long getAppliedBatches() {
        return replay == null ? 0 : statistics().batches();
    }

    @ManagedAttribute(description = "Batches that failed since the start")
    public long getFailures() {
        return replay == null ? 0 : statistics().failures();
    }

    @ManagedAttribute(description = "Why the last batch failed, until one succeeds")
    public String getLastError() {
        return replay == null ? null : statistics().lastError();
    }

    @ManagedAttribute(description = "How many tables are in which state")
    public String getTablesByState() {
        return replay == null ? "{}" : statistics().tablesByState().toString();
    }

    @ManagedAttribute(description = "Tables that are parked, with the reason")
    public String getParkedTables() {
        return replay == null ? "{}" : statistics().parked().toString();
    }

    @ManagedOperation(description = "Copies tables again, comma-separated, globs allowed")
    public int resync(String tables) {
        Requirements.check(endpoint, LondisteOperation.SUBSCRIBER_RESYNC);
        return new Subscriber(endpoint.job())
                .resync(TablePatterns.of(tables.split(",")))
                .size();
    }

    private ReplayStatistics.Snapshot statistics() {
        return replay.statistics().snapshot();
    }
}
