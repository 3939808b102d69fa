package dev.londiste.replication.verify;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.JobPosition;
import dev.londiste.replication.sync.JobPosition.Completed;
import dev.londiste.replication.sync.OpenTransaction;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Sees where the replay of a job stands, as {@code londiste.completed} tells it: what the consumer has finished on the
 * provider may not be applied yet, and what is applied not finished. Stateless and thread-safe.
 */
final class ReplayWatch {

    private static final Duration PAUSE = Duration.ofMillis(20);

    private static final String TICK_TO_AWAIT = """
            select londiste.tick_to_await(?)
            """;

    private final Job job;
    private final PgqQueue queue;
    private final JobPosition position;

    ReplayWatch(Job job) {
        this.job = job;
        this.queue = new PgqQueue(job.provider(), job.queue()).lockTimeout(job.lockTimeout());
        this.position = new JobPosition(job.queue(), job.consumer());
    }

    /** The tick after everything that is committed on the provider now; one is made unless the provider's queue is a mirror. */
    long tickToAwait() {
        return new Jdbc(job.provider())
                .lockTimeout(job.lockTimeout())
                .inTransaction(session -> session.one(TICK_TO_AWAIT, row -> row.getLong(1), job.queue()));
    }

    /** Waits until the replay has applied a tick; answers whether it has by the deadline, of {@link System#nanoTime}. */
    boolean await(long tick, long deadline) {
        try (var subscriber = OpenTransaction.readCommitted(job.subscriber(), job.lockTimeout())) {
            while (!hasApplied(tick, subscriber.session())) {
                if (System.nanoTime() - deadline > 0) {
                    return false;
                }
                pause(PAUSE);
            }
            return true;
        }
    }

    private boolean hasApplied(long tick, JdbcSession subscriber) {
        return ofThisProvider(subscriber)
                .filter(completed -> completed.tickId() >= tick)
                .isPresent();
    }

    /** The position, which must be a tick of this provider: numbers alone repeat after a promotion (C19). */
    Optional<Completed> ofThisProvider(JdbcSession subscriber) {
        var completed = position.get(subscriber);
        completed.ifPresent(this::require);
        return completed;
    }

    private void require(Completed completed) {
        if (queue.tick(completed.tickId()).filter(completed::isTick).isEmpty()) {
            throw new PgqException(
                    "Job " + job.name() + " stands at tick " + completed.tickId() + ", which queue " + job.queue()
                            + " does not have: the provider is not the one that the job followed",
                    job.facts().sqlState("LD007"),
                    null);
        }
    }

    static void pause(Duration duration) {
        LockSupport.parkNanos(duration.toNanos());
        if (Thread.currentThread().isInterrupted()) {
            throw new PgqException("Interrupted while waiting for the replay");
        }
    }
}
