package dev.londiste.replication.component;

import dev.londiste.replication.admin.JobCheck;
import dev.londiste.replication.admin.JobRegistration;
import dev.londiste.replication.admin.JobStatus;
import dev.londiste.replication.admin.Provider;
import dev.londiste.replication.admin.ProviderScripts;
import dev.londiste.replication.admin.Resend;
import dev.londiste.replication.admin.Sequences;
import dev.londiste.replication.admin.Subscriber;
import dev.londiste.replication.admin.SubscriberDatabase;
import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.admin.Uninstallation;
import dev.londiste.replication.failed.FailedChanges;
import dev.londiste.replication.follow.ProviderDatabase;
import dev.londiste.replication.switchover.SwitchOver;
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
            case PROVIDER_INSTALL -> arguments.dryRun() ? installScript() : install();
            case PROVIDER_UNINSTALL -> uninstall(providerUninstallation(), arguments);
            case PROVIDER_ADD ->
                provider().add(arguments.requiredTables(), arguments.captureOptions(), arguments.dryRun());
            case PROVIDER_REMOVE -> provider().remove(arguments.requiredTables(), arguments.dryRun());
            case PROVIDER_TABLES -> registeringProvider().tables();
            case PROVIDER_REFRESH -> scripts().refresh(arguments.requiredTables(), arguments.dryRun());
            case ATTACH_PARTITION ->
                scripts()
                        .attach(
                                arguments.onlyTable(),
                                arguments.partition(),
                                arguments.partitionBound(),
                                arguments.dryRun());
            case DETACH_PARTITION -> scripts().detach(arguments.onlyTable(), arguments.partition(), arguments.dryRun());
            case DROP_PARTITION -> scripts().drop(arguments.onlyTable(), arguments.partition(), arguments.dryRun());
            case EXECUTE -> scripts().execute(arguments.scriptName(), arguments.script(), arguments.dryRun());
            case RESEND -> resend(arguments);
            case PROVIDER_DENY -> provider().denyWrites(arguments.requiredTables(), true);
            case PROVIDER_ALLOW -> provider().denyWrites(arguments.requiredTables(), false);
            case SWITCH_OVER -> new SwitchOver(endpoint.job()).run(arguments.timeout());
            case PROVIDER_PROMOTE -> provider().promote();
            case PROVIDER_ADD_SEQ -> providerSequences().add(arguments.requiredTables(), arguments.dryRun());
            case PROVIDER_REMOVE_SEQ -> providerSequences().remove(arguments.requiredTables(), arguments.dryRun());
            case PROVIDER_SEQS -> providerSequences().list();
            case SUBSCRIBER_INSTALL ->
                arguments.dryRun()
                        ? subscriberDatabase().installScript()
                        : subscriberDatabase().install();
            case SUBSCRIBER_UNINSTALL -> uninstall(subscriberUninstallation(), arguments);
            case SUBSCRIBER_ADD ->
                subscriber().add(arguments.requiredTables(), arguments.addOptions(), arguments.dryRun());
            case SUBSCRIBER_SET -> subscriber().set(arguments.requiredTables(), arguments.attributeChanges());
            case SUBSCRIBER_REMOVE -> subscriber().remove(arguments.requiredTables(), arguments.dryRun());
            case SUBSCRIBER_TABLES -> subscriberDatabase().tables(arguments.tables());
            case SUBSCRIBER_MISSING -> subscriber().missing();
            case SUBSCRIBER_RESYNC -> subscriber().resync(arguments.requiredTables());
            case SUBSCRIBER_REGISTER -> registration().register();
            case SUBSCRIBER_UNREGISTER -> registration().unregister();
            case SUBSCRIBER_REWIND -> registration().rewind();
            case SUBSCRIBER_RESET -> registration().reset(arguments.force());
            case SUBSCRIBER_ADD_SEQ -> subscriberSequences().add(arguments.requiredTables(), arguments.dryRun());
            case SUBSCRIBER_REMOVE_SEQ -> subscriberSequences().remove(arguments.requiredTables(), arguments.dryRun());
            case SUBSCRIBER_SEQS -> subscriberSequences().list();
            case FAILED_EVENTS -> failed().list(arguments.tables());
            case RETRY_FAILED -> failed().retry(arguments.requiredTables());
            case DELETE_FAILED -> failed().discard(arguments.requiredTables(), arguments.eventId());
            case SUBSCRIBER_FKEYS -> subscriberDatabase().fkeys(arguments.type());
            case SUBSCRIBER_TRIGGERS -> subscriberDatabase().triggers(arguments.type());
            case SUBSCRIBER_RESTORE_TRIGGERS ->
                subscriberDatabase().restoreTriggers(tablesOfTrigger(arguments), arguments.trigger());
            case SUBSCRIBER_DENY ->
                subscriberDatabase().denyWrites(arguments.requiredTables(), true, arguments.dryRun());
            case SUBSCRIBER_ALLOW ->
                subscriberDatabase().denyWrites(arguments.requiredTables(), false, arguments.dryRun());
            case SUBSCRIBER_CHECK -> check();
            case COMPARE -> verifications().compare(endpoint, arguments);
            case REPAIR -> verifications().repair(endpoint, arguments);
            case WAIT_SYNC -> verifications().waitSync(endpoint, arguments);
            case STATUS -> List.of(status());
        };
    }

    /** A trigger that is named is one of one table. */
    private static TablePatterns tablesOfTrigger(Arguments arguments) {
        return arguments.trigger() == null ? arguments.requiredTables() : TablePatterns.of(arguments.onlyTable());
    }

    private List<Map<String, Object>> install() {
        var rows = new ArrayList<>(provider().install());
        if (options.getSubscriber() != null) {
            rows.addAll(subscriberDatabase().install());
        }
        return rows;
    }

    private List<Map<String, Object>> installScript() {
        var rows = new ArrayList<>(provider().installScript());
        if (options.getSubscriber() != null) {
            rows.addAll(subscriberDatabase().installScript());
        }
        return rows;
    }

    private static List<Map<String, Object>> uninstall(Uninstallation uninstallation, Arguments arguments) {
        return arguments.dryRun() ? uninstallation.dryRun() : uninstallation.run(arguments.force());
    }

    /** A replay that runs here has found out at its start whether the pools are large enough, and uses them now. */
    private List<Map<String, Object>> check() {
        var job = endpoint.job();
        boolean runsHere = endpoint.component().runningJobs().find(job).isPresent();
        return new JobCheck(job, runsHere ? 0 : RunningJobs.connections(options)).run();
    }

    private Map<String, Object> status() {
        var row = new JobStatus(endpoint.job()).read();
        row.put("verifications", verifications().running(endpoint.job()));
        endpoint.component().runningJobs().find(endpoint.job()).ifPresent(running -> row.putAll(running.figures()));
        return row;
    }

    private Verifications verifications() {
        return endpoint.component().verifications();
    }

    private Provider provider() {
        return new Provider(options.getProvider(), options.getQueue(), options.getLockTimeout());
    }

    /** Its tables may be registered by triggers that are not ours. */
    private Provider registeringProvider() {
        return new Provider(
                ProviderDatabase.of(options.getProvider(), options.getQueue()),
                options.getQueue(),
                options.getLockTimeout());
    }

    private Sequences providerSequences() {
        return Sequences.ofProvider(options.getProvider(), options.getQueue(), options.getLockTimeout());
    }

    private Sequences subscriberSequences() {
        return Sequences.ofSubscriber(
                options.getSubscriber(), options.getProvider(), options.getQueue(), options.getLockTimeout());
    }

    private Uninstallation providerUninstallation() {
        return Uninstallation.ofProvider(options.getProvider(), options.getLockTimeout());
    }

    private Uninstallation subscriberUninstallation() {
        return Uninstallation.ofSubscriber(options.getSubscriber(), options.getLockTimeout());
    }

    private JobRegistration registration() {
        return new JobRegistration(endpoint.job());
    }

    private SubscriberDatabase subscriberDatabase() {
        return new SubscriberDatabase(options.getSubscriber(), options.getQueue(), options.getLockTimeout());
    }

    private List<Map<String, Object>> resend(Arguments arguments) {
        var resend = new Resend(options.getProvider(), options.getQueue(), options.getLockTimeout());
        return List.of(resend.send(
                endpoint.consumerName(),
                arguments.onlyTable(),
                arguments.where(),
                arguments.after(),
                arguments.rowsPerSecond()));
    }

    private ProviderScripts scripts() {
        return new ProviderScripts(options.getProvider(), options.getQueue(), options.getLockTimeout());
    }

    private FailedChanges failed() {
        return new FailedChanges(endpoint.job());
    }

    private Subscriber subscriber() {
        return new Subscriber(endpoint.job());
    }
}
