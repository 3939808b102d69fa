package dev.londiste.replication.copy;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** How far the copy of one table is. Written by its worker, readable from any thread. */
public final class CopyProgress {

    /** What the worker is doing. */
    public enum Phase {
        STARTING,
        COPYING,
        INDEXING,
        CATCHING_UP
    }

    private final String table;
    private final Instant startedAt;
    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private volatile Phase phase = Phase.STARTING;
    private volatile Long estimatedRows;

    CopyProgress(String table, Instant startedAt) {
        this.table = table;
        this.startedAt = startedAt;
    }

    void copying(long estimate) {
        estimatedRows = estimate;
        phase = Phase.COPYING;
    }

    void copied(int messageBytes) {
        rows.incrementAndGet();
        bytes.addAndGet(messageBytes);
    }

    /** The exact number, known at the end. */
    void copiedAll(long count) {
        rows.set(count);
        phase = Phase.INDEXING;
    }

    void catchingUp() {
        phase = Phase.CATCHING_UP;
    }

    public Snapshot snapshot() {
        return new Snapshot(table, phase, rows.get(), bytes.get(), estimatedRows, startedAt);
    }

    /**
     * The figures at one moment.
     *
     * @param bytes as sent, not as stored
     * @param estimatedRows the provider's guess of how many rows there will be; null before it was asked
     */
    public record Snapshot(String table, Phase phase, long rows, long bytes, Long estimatedRows, Instant startedAt) {}
}
