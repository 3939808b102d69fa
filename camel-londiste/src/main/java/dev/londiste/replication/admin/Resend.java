package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.replication.sync.OpenTransaction;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * Sends rows that are there already to one consumer, as inserts that nobody else sees: in the order of the key, a chunk a
 * transaction, so that its rows are locked for a moment only. An event of a change before has a smaller id than that of the
 * row, one of a change after it a larger. Thread-safe.
 */
public final class Resend {

    private static final int CHUNK = 1_000;

    private static final String SEND = """
            select rows_sent, last_key::text from londiste.resend_rows(?, ?, ?, ?::json, ?, ?)
            """;

    private static final String FORCE_TICK = """
            select londiste.force_tick(?)
            """;

    private final DataSource provider;
    private final String queue;
    private final Duration lockTimeout;

    public Resend(DataSource provider, String queue, Duration lockTimeout) {
        this.provider = provider;
        this.queue = queue;
        this.lockTimeout = lockTimeout;
    }

    /**
     * All rows, or those after a key.
     *
     * @param where SQL over the row; null for all
     * @param after the last key sent, as a JSON object; null from the beginning
     * @param rowsPerSecond at most so many; zero for any number
     * @throws PgqException when a chunk fails; its sentence has the key to go on after
     */
    public Map<String, Object> send(String consumer, String table, String where, String after, int rowsPerSecond) {
        long sent = 0;
        var last = after;
        int limit = rowsPerSecond > 0 ? Math.min(CHUNK, rowsPerSecond) : CHUNK;
        while (true) {
            long begun = System.nanoTime();
            var chunk = chunk(consumer, table, where, last, limit);
            if (chunk.lastKey() == null) {
                forceTick();
                return ResultRow.of(
                        "table_name", table, "consumer_name", consumer, "rows_sent", sent, "last_key", last);
            }
            sent += chunk.rows();
            last = chunk.lastKey();
            if (rowsPerSecond > 0) {
                await(begun + TimeUnit.SECONDS.toNanos(1) * chunk.rows() / rowsPerSecond, table, last);
            }
        }
    }

    private void forceTick() {
        new Jdbc(provider)
                .lockTimeout(lockTimeout)
                .inTransaction(session -> session.one(FORCE_TICK, row -> true, queue));
    }

    private Chunk chunk(String consumer, String table, String where, String after, int limit) {
        try (var transaction = OpenTransaction.readCommitted(provider, lockTimeout)) {
            var chunk = transaction
                    .session()
                    .one(
                            SEND,
                            row -> new Chunk(row.getLong(1), row.getString(2)),
                            queue,
                            consumer,
                            table,
                            after,
                            limit,
                            where);
            transaction.commit();
            return chunk;
        } catch (PgqException e) {
            throw after == null ? e : stopped(table, after, e.getMessage(), e);
        }
    }

    private void await(long until, String table, String after) {
        for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.currentThread().isInterrupted()) {
                throw stopped(table, after, "interrupted", null);
            }
        }
    }

    private PgqException stopped(String table, String after, String why, PgqException cause) {
        return new PgqException(
                "RESEND of table " + table + " stopped, and can go on after " + after + ": " + why,
                Facts.of(queue, null).table(table).sqlState(cause == null ? null : cause.sqlState()),
                cause);
    }

    private record Chunk(long rows, String lastKey) {}
}
