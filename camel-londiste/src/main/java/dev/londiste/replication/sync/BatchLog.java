package dev.londiste.replication.sync;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A line of figures for the batches of an interval, in Londiste's words: {@code count} events came, of which
 * {@code ignored} were for other tables, and their batches took {@code duration} seconds. Not thread-safe.
 */
final class BatchLog {

    private static final Logger LOG = LoggerFactory.getLogger(Replay.class);
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final Job job;
    private long count;
    private long ignored;
    private Duration duration = Duration.ZERO;
    private Instant next = Instant.MIN;

    BatchLog(Job job) {
        this.job = job;
    }

    void add(OpenBatch batch, Instant now) {
        count += batch.accepted();
        ignored += batch.accepted() - batch.applied();
        duration = duration.plus(batch.age());
        writeIfDue(now);
    }

    /** Also asked when no batch came, or the last batches of a burst would be told with the next one only. */
    void writeIfDue(Instant now) {
        if (count == 0 || now.isBefore(next)) {
            return;
        }
        var figures = String.format(
                Locale.ROOT, "{count: %d, ignored: %d, duration: %.3f}", count, ignored, duration.toNanos() / 1e9);
        LOG.info("{}/{} - {}", job.queue(), job.consumer(), figures);
        count = 0;
        ignored = 0;
        duration = Duration.ZERO;
        next = now.plus(INTERVAL);
    }
}
