package dev.londiste.replication.verify;

import dev.londiste.replication.sync.Job;
import dev.londiste.replication.verify.VerificationProgress.Phase;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what is done with one table, and tells it to a listener, and to the log now and then. Not thread-safe. */
final class TableProgress {

    private static final Logger LOG = LoggerFactory.getLogger(TableProgress.class);
    private static final long LOG_INTERVAL = Duration.ofSeconds(10).toNanos();

    private final Job job;
    private final String table;
    private final VerificationListener listener;
    private Phase phase = Phase.SYNCING;
    private long rowsDone;
    private long rowsTotal;
    private long differences;
    private long repaired;
    private long loggedAt = System.nanoTime();

    TableProgress(Job job, String table, VerificationListener listener) {
        this.job = job;
        this.table = table;
        this.listener = listener;
        tell();
    }

    void enter(Phase next) {
        phase = next;
        tell();
    }

    void expect(long rows) {
        rowsTotal = rows;
        tell();
    }

    void read(long rows) {
        rowsDone += rows;
        rowsTotal = Math.max(rowsTotal, rowsDone);
        tell();
    }

    void found() {
        differences++;
    }

    void repaired(long rows) {
        repaired += rows;
        tell();
    }

    long differences() {
        return differences;
    }

    void done() {
        phase = Phase.DONE;
        rowsTotal = rowsDone;
        tell();
        log();
    }

    private void tell() {
        listener.progressed(
                new VerificationProgress(job.name(), table, phase, rowsDone, rowsTotal, differences, repaired));
        if (System.nanoTime() - loggedAt > LOG_INTERVAL) {
            log();
        }
    }

    private void log() {
        loggedAt = System.nanoTime();
        LOG.info(
                "{}/{} - {}: {}, {} of {} rows read, {} differ, {} repaired",
                job.queue(),
                job.consumer(),
                table,
                phase,
                rowsDone,
                rowsTotal,
                differences,
                repaired);
    }
}
