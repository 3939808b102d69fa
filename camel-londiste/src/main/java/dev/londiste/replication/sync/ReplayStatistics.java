package dev.londiste.replication.sync;

import dev.londiste.pgq.Batch;
import dev.londiste.replication.apply.ApplyStatistics;
import java.time.Instant;

/** What the replay has done since it was started. Thread-safe. */
public final class ReplayStatistics {

    private Boolean active;
    private long batches;
    private long events;
    private ApplyStatistics changes = ApplyStatistics.NONE;
    private Long lastTick;
    private Instant lastCommit;
    private String lastError;

    /** Answers whether this is news. */
    synchronized boolean active(boolean now) {
        boolean news = active == null || active != now;
        active = now;
        return news;
    }

    synchronized void committed(Batch batch, long applied, ApplyStatistics done, Instant when) {
        batches++;
        events += applied;
        changes = changes.plus(done);
        lastTick = batch.tick().id();
        lastCommit = when;
        lastError = null;
    }

    synchronized void failed(Throwable cause) {
        lastError = cause == null ? null : cause.getMessage();
    }

    public synchronized Snapshot snapshot() {
        return new Snapshot(Boolean.TRUE.equals(active), batches, events, changes, lastTick, lastCommit, lastError);
    }

    /**
     * The figures at one moment.
     *
     * @param active whether this process holds the job's lock
     * @param events how many were applied
     * @param changes what became of them
     * @param lastTick the end of the last batch; null before the first
     * @param lastError of the batch that failed last, null once one has succeeded again
     */
    public record Snapshot(
            boolean active,
            long batches,
            long events,
            ApplyStatistics changes,
            Long lastTick,
            Instant lastCommit,
            String lastError) {}
}
