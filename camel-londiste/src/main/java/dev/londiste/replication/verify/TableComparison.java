package dev.londiste.replication.verify;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.JobPosition;
import dev.londiste.replication.sync.OpenTransaction;
import dev.londiste.replication.sync.SubscriberTable;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Compares one table on both sides at one position, beside a running replay. The provider's table is locked against
 * writers only until the replay has applied what was there before; then both sides keep a snapshot of that moment, the
 * lock goes, and the rows are counted or summed at leisure (C39). Stateless and thread-safe; it changes nothing.
 */
public final class TableComparison {

    private static final Duration PAUSE = Duration.ofMillis(20);

    private static final String SNAPSHOT = """
            select 1
            """;

    private static final String COUNT = """
            select row_count, checksum from londiste.count_rows(?)
            """;

    private static final String CHECKSUM = """
            select row_count, checksum from londiste.sum_rows(?, ?)
            """;

    private static final String COLUMNS = """
            select string_agg(column_name, ',' order by column_name collate "C") from londiste.copy_columns(?)
             where not is_generated
            """;

    private final Job job;
    private final boolean checksum;

    /** With {@code checksum} the contents are compared, otherwise the numbers of rows. */
    public TableComparison(Job job, boolean checksum) {
        this.job = job;
        this.checksum = checksum;
    }

    /** One row: counts, checksums, and whether they are equal. */
    public Map<String, Object> compare(SubscriberTable table) {
        if (!table.isReplayed()) {
            throw refused(table, "is " + (table.isParked() ? "parked" : table.state()) + ", not in sync");
        }
        try (var provider = OpenTransaction.repeatableRead(job.provider(), job.lockTimeout());
                var subscriber = OpenTransaction.repeatableRead(job.subscriber(), job.lockTimeout())) {
            meetAtOnePosition(table, provider.session(), subscriber.session());
            return result(table, provider.session(), subscriber.session());
        }
    }

    private void meetAtOnePosition(SubscriberTable table, JdbcSession provider, JdbcSession subscriber) {
        // The time counts from the request of the lock: writers queue up behind it.
        long deadline = System.nanoTime() + job.lockTimeout().toNanos();
        try (var lock = OpenTransaction.readCommitted(job.provider(), job.lockTimeout())) {
            lock.session().execute("lock table " + table.quotedName() + " in share mode");
            // After the lock: whatever was written before it comes before this tick.
            long tick = new PgqQueue(job.provider(), job.queue()).forceTick();
            awaitReplay(table, tick, deadline);
            provider.one(SNAPSHOT, row -> true);
            subscriber.one(SNAPSHOT, row -> true);
        }
    }

    private void awaitReplay(SubscriberTable table, long tick, long deadline) {
        var position = new JobPosition(job.queue(), job.consumer());
        while (!hasReached(position, tick)) {
            if (System.nanoTime() - deadline > 0) {
                throw refused(
                        table,
                        "was locked for " + job.lockTimeout().toMillis()
                                + " ms, and the replay did not catch up: the lock is released, nothing was compared");
            }
            pause();
        }
    }

    private boolean hasReached(JobPosition position, long tick) {
        try (var transaction = OpenTransaction.readCommitted(job.subscriber(), job.lockTimeout())) {
            return position.get(transaction.session())
                    .map(completed -> completed.tickId() >= tick)
                    .orElse(false);
        }
    }

    private static void pause() {
        LockSupport.parkNanos(PAUSE.toNanos());
        if (Thread.currentThread().isInterrupted()) {
            throw new PgqException("The comparison was interrupted");
        }
    }

    private Map<String, Object> result(SubscriberTable table, JdbcSession provider, JdbcSession subscriber) {
        var columns = checksum ? provider.one(COLUMNS, row -> row.getString(1), table.name()) : null;
        var ours = sum(provider, table.name(), columns);
        var theirs = sum(subscriber, table.target(), columns);
        var row = new LinkedHashMap<String, Object>();
        row.put("table_name", table.name());
        row.put("provider_rows", ours.rows());
        row.put("subscriber_rows", theirs.rows());
        row.put("provider_checksum", ours.checksum());
        row.put("subscriber_checksum", theirs.checksum());
        row.put("equal", ours.equals(theirs));
        return row;
    }

    private static Sum sum(JdbcSession session, String table, String columns) {
        return columns == null
                ? session.one(COUNT, row -> new Sum(row.getLong(1), row.getString(2)), table)
                : session.one(
                        CHECKSUM, row -> new Sum(row.getLong(1), row.getString(2)), table, columns.split(",", -1));
    }

    private PgqException refused(SubscriberTable table, String why) {
        return new PgqException(
                "Table " + table.name() + " " + why,
                job.facts().table(table.name()).sqlState("LD009"),
                null);
    }

    private record Sum(long rows, String checksum) {}
}
