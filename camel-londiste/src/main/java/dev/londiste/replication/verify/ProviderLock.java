package dev.londiste.replication.verify;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.OpenTransaction;
import dev.londiste.replication.sync.SubscriberTable;
import java.time.Duration;

/**
 * Keeps writers off a table of the provider for a short while, counted from the request, since writers queue up behind
 * that (C39). Should this process hang meanwhile, the server itself ends the session and with it the lock. Not
 * thread-safe.
 */
final class ProviderLock implements AutoCloseable {

    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String QUERY_CANCELED = "57014";
    private static final String REFUSED = "LD009";
    private static final Duration CLOCKS_DIFFER = Duration.ofMillis(50);

    /** The locks of a partitioned table are many, and lock_timeout is the time for each. */
    private static final String LIMIT_STATEMENT = """
            set local statement_timeout = %d
            """;

    /** The session is idle while the lock waits for the replay. */
    private static final String END_WHEN_LEFT_ALONE = """
            set local statement_timeout = 0;
            set local idle_in_transaction_session_timeout = %d
            """;

    private static final String MIRROR_PROBLEM = """
            select londiste.mirror_problem(?, ?)
            """;

    private final Job job;
    private final SubscriberTable table;
    private final OpenTransaction transaction;
    private final long deadline;

    private ProviderLock(Job job, SubscriberTable table, OpenTransaction transaction, long deadline) {
        this.job = job;
        this.table = table;
        this.transaction = transaction;
        this.deadline = deadline;
    }

    /** Locks the table, its partitions too, against writes but not against reads. */
    static ProviderLock request(Job job, SubscriberTable table) {
        long deadline = System.nanoTime() + job.lockTimeout().toNanos();
        var transaction = OpenTransaction.readCommitted(job.provider(), job.lockTimeout());
        var lock = new ProviderLock(job, table, transaction, deadline);
        boolean locked = false;
        try {
            lock.acquire();
            locked = true;
            return lock;
        } finally {
            if (!locked) {
                transaction.close();
            }
        }
    }

    private void acquire() {
        session().execute(LIMIT_STATEMENT.formatted(left().toMillis()));
        try {
            session().execute("lock table " + table.quotedName() + " in share mode");
        } catch (PgqException e) {
            if (e.is(LOCK_NOT_AVAILABLE) || (e.is(QUERY_CANCELED) && isOver())) {
                throw cancelled("could not be locked within " + millis() + " ms: a transaction still writes to it", e);
            }
            throw e;
        }
        session().execute(END_WHEN_LEFT_ALONE.formatted(left().toMillis()));
    }

    /** A statement cancelled this late was cancelled by its limit, though the server's clock is not quite ours. */
    private boolean isOver() {
        return deadline - System.nanoTime() <= CLOCKS_DIFFER.toNanos();
    }

    /** How long the lock may still be held; a millisecond at least. */
    Duration left() {
        return Duration.ofMillis(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
    }

    /** Sees the newest rows of the locked table. */
    JdbcSession session() {
        return transaction.session();
    }

    /** Waits until the subscriber has everything that was ever written to the table. */
    void awaitReplay() {
        requireInSync();
        var watch = new ReplayWatch(job);
        // After the lock: whatever was written before it comes before this tick.
        long tick = watch.tickToAwait();
        if (!watch.await(tick, deadline)) {
            throw cancelled(
                    "was locked for " + millis()
                            + " ms, and the replay did not catch up: the lock is released, nothing was compared",
                    null);
        }
    }

    /**
     * What was read or written elsewhere until now happened while nobody wrote to the table, and while it was what its events
     * say: a mirror's replay that parks it meanwhile passes over events that the subscriber may have.
     */
    void requireHeld() {
        try {
            requireInSync();
        } catch (PgqException e) {
            throw e.is(REFUSED)
                    ? e
                    : cancelled("was locked for " + millis() + " ms, and then the server released the lock", e);
        }
    }

    /** The rows of a mirrored table are what its events say, in its own database too. */
    private void requireInSync() {
        session()
                .first(MIRROR_PROBLEM, row -> row.getString(1), job.queue(), table.name())
                .ifPresent(problem -> {
                    throw new PgqException(
                            "Table " + table.name() + " is not what the events of the mirror " + job.queue()
                                    + " say: in its own database " + problem
                                    + "; wait until SUBSCRIBER_TABLES shows it as ok there",
                            job.facts().table(table.name()).sqlState(REFUSED),
                            null);
                });
    }

    private long millis() {
        return job.lockTimeout().toMillis();
    }

    private PgqException cancelled(String why, PgqException cause) {
        return new PgqException(
                "Table " + table.name() + " " + why + "; try again when less is written",
                job.facts().table(table.name()).sqlState(REFUSED),
                cause);
    }

    @Override
    public void close() {
        transaction.close();
    }
}
