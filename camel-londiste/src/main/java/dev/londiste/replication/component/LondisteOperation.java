package dev.londiste.replication.component;

/** What a {@code londiste:} endpoint does with an exchange. */
public enum LondisteOperation {
    /** Apply the events of the batch that the exchange comes from. */
    APPLY(true, true, true),
    /** Install our SQL on the provider, and on the subscriber if it is given, and create the queue. */
    PROVIDER_INSTALL(true, false, true),
    /** Take our SQL out of the provider, unless something depends on it. */
    PROVIDER_UNINSTALL(true, false, false),
    /** Register tables on the provider, and capture their changes from now on. */
    PROVIDER_ADD(true, false, true),
    /** Stop capturing tables; the removal travels to the subscribers through the queue. */
    PROVIDER_REMOVE(true, false, true),
    /** The tables that are registered on the provider. */
    PROVIDER_TABLES(true, false, true),
    /** Renew key, columns and partitions of captured tables, after their definition changed. */
    PROVIDER_REFRESH(true, false, true),
    /** Attach a partition to a captured table, and send its rows. */
    ATTACH_PARTITION(true, false, true),
    /** Detach a partition from a captured table, and send the removal of its rows. */
    DETACH_PARTITION(true, false, true),
    /** Drop a partition of a captured table, and send the removal of its rows. */
    DROP_PARTITION(true, false, true),
    /** Run a script, DDL mostly, on the provider, and on each subscriber in order with the data. */
    EXECUTE(true, false, true),
    /** Send rows that are there already to one consumer, as inserts that only it sees. */
    RESEND(true, false, true),
    /** Guard captured tables against writes: the first step of a switch-over. */
    PROVIDER_DENY(true, false, true),
    /** Lift the guard of captured tables: undoes a switch-over that has not reversed the roles yet. */
    PROVIDER_ALLOW(true, false, true),
    /**
     * Reverse the roles of both databases: deny writes, wait until everything is applied, let sequences follow, capture
     * on the subscriber, follow it from the provider. It can be repeated; the way back is the same of the reversed job.
     */
    SWITCH_OVER(true, true, true),
    /** Make a mirror queue a queue of its own: its tables are captured here from now on, for the fail-over to this database. */
    PROVIDER_PROMOTE(true, false, true),
    /** Register sequences on the provider. */
    PROVIDER_ADD_SEQ(true, false, true),
    /** Unregister sequences on the provider. */
    PROVIDER_REMOVE_SEQ(true, false, true),
    /** The sequences that are registered on the provider. */
    PROVIDER_SEQS(true, false, true),
    /** Install our SQL on the subscriber. */
    SUBSCRIBER_INSTALL(false, true, false),
    /** Take our SQL out of the subscriber, unless something depends on it. */
    SUBSCRIBER_UNINSTALL(false, true, false),
    /** Register tables on the subscriber; their copies begin by themselves. */
    SUBSCRIBER_ADD(true, true, true),
    /** Set what is replicated of registered tables, and their policies; tables whose rows change by it are copied again. */
    SUBSCRIBER_SET(true, true, true),
    /** Unregister tables on the subscriber; their rows stay. */
    SUBSCRIBER_REMOVE(true, true, true),
    /** The tables that are registered on the subscriber, with their states and how far their copies are. */
    SUBSCRIBER_TABLES(false, true, true),
    /** The tables of the provider that are not registered on the subscriber. */
    SUBSCRIBER_MISSING(true, true, true),
    /** Copy tables again. */
    SUBSCRIBER_RESYNC(true, true, true),
    /** Register the job's consumer where the subscriber stands. */
    SUBSCRIBER_REGISTER(true, true, true),
    /** Shut the replication down: unregister the job's consumer, and set all tables to NEW. */
    SUBSCRIBER_UNREGISTER(true, true, true),
    /** Move the job's consumer on the provider to where the subscriber stands. */
    SUBSCRIBER_REWIND(true, true, true),
    /** Move the subscriber's position to where the job's consumer stands on the provider; with tables that were copied only if forced. */
    SUBSCRIBER_RESET(true, true, true),
    /** Register sequences on the subscriber, of those that the provider has registered; they follow with the batches. */
    SUBSCRIBER_ADD_SEQ(true, true, true),
    /** Unregister sequences on the subscriber. */
    SUBSCRIBER_REMOVE_SEQ(false, true, true),
    /** The sequences that are registered on the subscriber. */
    SUBSCRIBER_SEQS(false, true, true),
    /** Changes that the subscriber refused and that wait in the failed queue. */
    FAILED_EVENTS(true, true, true),
    /** Apply the changes in the failed queue, in order; what fails again stays. */
    RETRY_FAILED(true, true, true),
    /** Forget changes in the failed queue: of tables, or one event of them. */
    DELETE_FAILED(true, true, true),
    /** Foreign keys of the registered tables, pending and active ones. */
    SUBSCRIBER_FKEYS(false, true, true),
    /** Triggers of the registered tables, pending and active ones. */
    SUBSCRIBER_TRIGGERS(false, true, true),
    /** Bring back the triggers of a table that were put aside, or one of them. */
    SUBSCRIBER_RESTORE_TRIGGERS(false, true, true),
    /** Guard replicated tables against writes by others than the replay. */
    SUBSCRIBER_DENY(false, true, true),
    /** Lift the guard of replicated tables. */
    SUBSCRIBER_ALLOW(false, true, true),
    /**
     * Examine versions, ticks, rotation, capture, tables, rights and pools: a row for each thing that is wrong, with what to
     * do; none when all is well.
     */
    SUBSCRIBER_CHECK(true, true, true),
    /** Compare tables of both sides at one position, by the number of rows, or by checksum when asked. */
    COMPARE(true, true, true),
    /** Write the SQL that makes tables of the subscriber equal, and with apply run it, beside the replay. */
    REPAIR(true, true, true),
    /** Wait until tables are copied, and what was committed before is applied. */
    WAIT_SYNC(true, true, true),
    /** How the job is doing: whether anyone replays it, lag, ticks, tables by state, copies. */
    STATUS(true, true, true);

    private final boolean needsProvider;
    private final boolean needsSubscriber;
    private final boolean needsQueue;

    LondisteOperation(boolean needsProvider, boolean needsSubscriber, boolean needsQueue) {
        this.needsProvider = needsProvider;
        this.needsSubscriber = needsSubscriber;
        this.needsQueue = needsQueue;
    }

    boolean needsProvider() {
        return needsProvider;
    }

    boolean needsSubscriber() {
        return needsSubscriber;
    }

    boolean needsQueue() {
        return needsQueue;
    }

    /** Whether it is about tables, or sequences, that are named or are all. */
    boolean takesTables() {
        return switch (this) {
            case APPLY,
                    PROVIDER_INSTALL,
                    PROVIDER_UNINSTALL,
                    PROVIDER_TABLES,
                    EXECUTE,
                    SWITCH_OVER,
                    PROVIDER_PROMOTE,
                    PROVIDER_SEQS,
                    SUBSCRIBER_INSTALL,
                    SUBSCRIBER_UNINSTALL,
                    SUBSCRIBER_MISSING,
                    SUBSCRIBER_REGISTER,
                    SUBSCRIBER_UNREGISTER,
                    SUBSCRIBER_REWIND,
                    SUBSCRIBER_RESET,
                    SUBSCRIBER_SEQS,
                    SUBSCRIBER_FKEYS,
                    SUBSCRIBER_TRIGGERS,
                    SUBSCRIBER_CHECK,
                    STATUS -> false;
            default -> true;
        };
    }

    /** Whether it can answer what it would do, instead of doing it. */
    boolean hasDryRun() {
        return switch (this) {
            case PROVIDER_INSTALL,
                    PROVIDER_UNINSTALL,
                    PROVIDER_ADD,
                    PROVIDER_REMOVE,
                    PROVIDER_REFRESH,
                    PROVIDER_ADD_SEQ,
                    PROVIDER_REMOVE_SEQ,
                    ATTACH_PARTITION,
                    DETACH_PARTITION,
                    DROP_PARTITION,
                    EXECUTE,
                    SUBSCRIBER_INSTALL,
                    SUBSCRIBER_UNINSTALL,
                    SUBSCRIBER_ADD,
                    SUBSCRIBER_REMOVE,
                    SUBSCRIBER_ADD_SEQ,
                    SUBSCRIBER_REMOVE_SEQ,
                    SUBSCRIBER_DENY,
                    SUBSCRIBER_ALLOW -> true;
            default -> false;
        };
    }
}
