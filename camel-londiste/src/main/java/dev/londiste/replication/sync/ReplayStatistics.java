package dev.londiste.replication.sync;

import dev.londiste.replication.apply.ApplyStatistics;
import java.time.Instant;

/** What the replay has done since it was started. Thread-safe. */
public final class ReplayStatistics {

    private final BatchLog log;
    private Boolean active;
    private long batches;
    private long events;
    private ApplyStatistics changes = ApplyStatistics.NONE;
    private Long lastTick;
    private Instant lastCommit;
    private String lastError;

    ReplayStatistics(Job job) {
        this.log = new BatchLog(job);
    }

    /** Answers whether this is news. */
    synchronized boolean active(boolean now) {
        boolean news = active == null || active != now;
        active = now;
        return news;
    }

    synchronized void committed(OpenBatch batch, Instant when) {
        batches++;
        events += batch.applied();
        changes = changes.plus(batch.statistics());
        lastTick = batch.batch().tick().id();
        lastCommit = when;
        lastError = null;
        log.add(batch, when);
    }

    /** No batch came. */
    synchronized void idle(Instant when) {
        log.writeIfDue(when);
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
