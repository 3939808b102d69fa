package dev.londiste.replication.verify;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.OpenTransaction;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.sync.TableStates;

/**
 * A table at one position on both sides: two snapshots that stay while writers and the replay go on. Not thread-safe,
 * but the two sides may be read at the same time.
 *
 * <p>Order (C39): both sides are locked against a rewrite, which an older snapshot would see as an empty table; then the
 * provider's writers are kept off, the replay catches up, both snapshots are taken, and only then the writers go on.
 */
final class Moment implements AutoCloseable {

    private static final String TAKE_SNAPSHOT = """
            select 1
            """;

    private final Job job;
    private final SubscriberTable table;
    private final OpenTransaction provider;
    private final OpenTransaction subscriber;
    private ComparedTable compared;

    private Moment(Job job, SubscriberTable table, OpenTransaction provider, OpenTransaction subscriber) {
        this.job = job;
        this.table = table;
        this.provider = provider;
        this.subscriber = subscriber;
    }

    static Moment reach(Job job, SubscriberTable table) {
        var provider = OpenTransaction.repeatableRead(job.provider(), job.lockTimeout());
        OpenTransaction subscriber = null;
        Moment reached = null;
        try {
            subscriber = OpenTransaction.repeatableRead(job.subscriber(), job.lockTimeout());
            var moment = new Moment(job, table, provider, subscriber);
            moment.reach();
            reached = moment;
            return moment;
        } finally {
            if (reached == null) {
                close(provider, subscriber);
            }
        }
    }

    private void reach() {
        provider.session().execute("lock table " + table.quotedName() + " in access share mode");
        subscriber.session().execute("lock table " + table.quotedTarget() + " in access share mode");
        try (var lock = ProviderLock.request(job, table)) {
            lock.awaitReplay();
            provider.session().one(TAKE_SNAPSHOT, row -> true);
            requireUnchanged();
            lock.requireHeld();
        }
        compared = ComparedTable.read(job, table, provider.session(), subscriber.session());
    }

    /** Takes the subscriber's snapshot, in which the table still is what it was when it was chosen. */
    private void requireUnchanged() {
        boolean unchanged = new TableStates(job)
                .all(subscriber.session()).stream()
                        .anyMatch(
                                now -> now.nr() == table.nr() && now.attempt() == table.attempt() && now.isReplayed());
        if (!unchanged) {
            throw new PgqException(
                    "Table " + table.name() + " is being copied again, or was removed: nothing was compared",
                    job.facts().table(table.name()).sqlState("LD008"),
                    null);
        }
    }

    ComparedTable table() {
        return compared;
    }

    TableSide provider() {
        return TableSide.ofProvider(compared, provider.session());
    }

    TableSide subscriber() {
        return TableSide.ofSubscriber(compared, subscriber.session());
    }

    JdbcSession providerSession() {
        return provider.session();
    }

    JdbcSession subscriberSession() {
        return subscriber.session();
    }

    @Override
    public void close() {
        close(provider, subscriber);
    }

    private static void close(OpenTransaction provider, OpenTransaction subscriber) {
        try (provider) {
            if (subscriber != null) {
                subscriber.close();
            }
        }
    }
}
