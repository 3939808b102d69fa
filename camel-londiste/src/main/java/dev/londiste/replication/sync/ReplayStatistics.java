package dev.londiste.replication.sync;

import dev.londiste.replication.apply.ApplyStatistics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What the replay has done since it was started, and what it knows of its tables. Thread-safe. */
public final class ReplayStatistics {

    private static final Duration RATE_INTERVAL = Duration.ofSeconds(10);

    private final BatchLog log;
    private Boolean active;
    private long batches;
    private long events;
    private ApplyStatistics changes = ApplyStatistics.NONE;
    private long failures;
    private Long lastTick;
    private Instant lastCommit;
    private String lastError;
    private Map<String, Long> tablesByState = Map.of();
    private Map<String, String> parked = Map.of();
    private Instant rateSince = Instant.MIN;
    private long rateBase;
    private double eventsPerSecond;

    ReplayStatistics(Job job) {
        this.log = new BatchLog(job);
    }

    /** Answers whether this is news. */
    synchronized boolean active(boolean now) {
        boolean news = active == null || active != now;
        active = now;
        return news;
    }

    /** As read in passing; a stand-by does not look. */
    synchronized void tables(List<SubscriberTable> tables) {
        tablesByState = tables.stream()
                .collect(Collectors.groupingBy(
                        table -> table.state().kind().toString(), TreeMap::new, Collectors.counting()));
        parked = tables.stream()
                .filter(SubscriberTable::isParked)
                .collect(Collectors.toMap(
                        SubscriberTable::name, SubscriberTable::parkedReason, (one, other) -> one, TreeMap::new));
    }

    synchronized void committed(OpenBatch batch, Instant when) {
        batches++;
        events += batch.applied();
        changes = changes.plus(batch.statistics());
        lastTick = batch.batch().tick().id();
        lastCommit = when;
        lastError = null;
        measure(when);
        log.add(batch, when);
    }

    /** No batch came. */
    synchronized void idle(Instant when) {
        log.writeIfDue(when);
    }

    private void measure(Instant now) {
        if (rateSince.equals(Instant.MIN)) {
            rateSince = now;
            return;
        }
        var elapsed = Duration.between(rateSince, now);
        if (elapsed.compareTo(RATE_INTERVAL) >= 0) {
            eventsPerSecond = (events - rateBase) * 1000.0 / elapsed.toMillis();
            rateSince = now;
            rateBase = events;
        }
    }

    synchronized void failed(Throwable cause) {
        failures++;
        lastError = cause == null ? "unknown" : cause.getMessage();
    }

    public synchronized Snapshot snapshot() {
        return new Snapshot(
                Boolean.TRUE.equals(active),
                batches,
                events,
                changes,
                failures,
                lastTick,
                lastCommit,
                lastError,
                eventsPerSecond,
                tablesByState,
                parked);
    }

    /**
     * The figures at one moment.
     *
     * @param active whether this process holds the job's lock
     * @param events how many were applied
     * @param changes what became of them
     * @param failures of batches
     * @param lastTick the end of the last batch; null before the first
     * @param lastError of the batch that failed last, null once one has succeeded again
     * @param eventsPerSecond over the last interval of some 10 s in which batches came
     * @param tablesByState how many tables are in which state
     * @param parked tables that take no part any more, with the reason
     */
    public record Snapshot(
            boolean active,
            long batches,
            long events,
            ApplyStatistics changes,
            long failures,
            Long lastTick,
            Instant lastCommit,
            String lastError,
            double eventsPerSecond,
            Map<String, Long> tablesByState,
            Map<String, String> parked) {

        /** {@code active}, or {@code standby} while another process replays the job. */
        public String role() {
            return active ? "active" : "standby";
        }
    }
}
