package dev.londiste.replication.component;

import dev.londiste.replication.admin.JobStatus;
import dev.londiste.replication.admin.Provider;
import dev.londiste.replication.admin.Subscriber;
import dev.londiste.replication.admin.SubscriberDatabase;
import dev.londiste.replication.component.RunningJobs.RunningJob;
import dev.londiste.replication.failed.FailedChanges;
import dev.londiste.replication.verify.JobComparison;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The operations of an endpoint but APPLY. Thread-safe. */
final class Operations {

    private final LondisteEndpoint endpoint;
    private final LondisteConfiguration options;

    Operations(LondisteEndpoint endpoint) {
        this.endpoint = endpoint;
        this.options = endpoint.getConfiguration();
    }

    List<Map<String, Object>> run(LondisteOperation operation, Arguments arguments) {
        return switch (operation) {
            case APPLY ->
                throw Requirements.refused(
                        endpoint,
                        "APPLY takes part in batches from its start: it must be the option operation of londiste:"
                                + endpoint.getJobName() + ", not a header");
            case PROVIDER_INSTALL -> install();
            case PROVIDER_ADD ->
                arguments.all()
                        ? provider().addAll()
                        : provider().add(arguments.requiredTables(), arguments.captureOptions());
            case PROVIDER_REMOVE ->
                arguments.all() ? provider().removeAll() : provider().remove(arguments.requiredTables());
            case PROVIDER_TABLES -> provider().tables();
            case PROVIDER_ADD_SEQ -> provider().addSeqs(arguments.requiredTables());
            case PROVIDER_REMOVE_SEQ -> provider().removeSeqs(arguments.requiredTables());
            case PROVIDER_SEQS -> provider().seqs();
            case SUBSCRIBER_INSTALL -> subscriberDatabase().install();
            case SUBSCRIBER_ADD ->
                arguments.all()
                        ? subscriber().addAll(arguments.addOptions())
                        : subscriber().add(arguments.requiredTables(), arguments.addOptions());
            case SUBSCRIBER_SET -> subscriber().set(arguments.requiredTables(), arguments.attributeChanges());
            case SUBSCRIBER_REMOVE -> subscriber().remove(arguments.requiredTables());
            case SUBSCRIBER_TABLES -> subscriberTables(arguments);
            case SUBSCRIBER_MISSING -> subscriber().missing();
            case SUBSCRIBER_RESYNC -> subscriber().resync(arguments.requiredTables());
            case SUBSCRIBER_REGISTER -> subscriber().register();
            case SUBSCRIBER_UNREGISTER -> subscriber().unregister();
            case SUBSCRIBER_ADD_SEQ -> subscriberDatabase().addSeqs(arguments.requiredTables());
            case SUBSCRIBER_REMOVE_SEQ -> subscriberDatabase().removeSeqs(arguments.requiredTables());
            case SUBSCRIBER_SEQS -> subscriberDatabase().seqs();
            case FAILED_EVENTS -> failed().list(arguments.tables()::select);
            case RETRY_FAILED -> failed().retry(arguments.requiredTables()::select);
            case DELETE_FAILED -> failed().discard(arguments.requiredTables()::select, arguments.eventId());
            case SUBSCRIBER_FKEYS -> subscriberDatabase().fkeys(arguments.type());
            case SUBSCRIBER_TRIGGERS -> subscriberDatabase().triggers(arguments.type());
            case SUBSCRIBER_RESTORE_TRIGGERS ->
                subscriberDatabase().restoreTriggers(arguments.requiredTables(), arguments.trigger());
            case SUBSCRIBER_CHECK -> subscriber().check();
            case COMPARE -> new JobComparison(endpoint.job()).compare(arguments.tables(), arguments.checksum());
            case STATUS -> List.of(status());
        };
    }

    private List<Map<String, Object>> install() {
        var rows = new ArrayList<>(provider().install());
        if (options.getSubscriber() != null) {
            rows.addAll(subscriberDatabase().install());
        }
        return rows;
    }

    /** With the provider at hand, copies show the provider's estimate of their rows too. */
    private List<Map<String, Object>> subscriberTables(Arguments arguments) {
        return options.getProvider() == null
                ? subscriberDatabase().tables(arguments.tables())
                : new JobStatus(endpoint.job()).tables(arguments.tables());
    }

    private Map<String, Object> status() {
        var row = new JobStatus(endpoint.job()).read();
        endpoint.component().runningJobs().find(endpoint.job()).ifPresent(running -> addStatistics(row, running));
        return row;
    }

    private static void addStatistics(Map<String, Object> row, RunningJob running) {
        var figures = running.replay().statistics().snapshot();
        row.put("active", figures.active());
        row.put("batches", figures.batches());
        row.put("events_applied", figures.events());
        row.put(
                "last_commit",
                figures.lastCommit() == null ? null : figures.lastCommit().toString());
        row.put("last_error", figures.lastError());
        row.put("copy_errors", running.copies().errors());
    }

    private Provider provider() {
        return new Provider(options.getProvider(), options.getQueue(), options.getLockTimeout());
    }

    private SubscriberDatabase subscriberDatabase() {
        return new SubscriberDatabase(options.getSubscriber(), options.getQueue(), options.getLockTimeout());
    }

    private FailedChanges failed() {
        return new FailedChanges(endpoint.job());
    }

    private Subscriber subscriber() {
        return new Subscriber(endpoint.job());
    }
}
