package dev.londiste.replication.verify;

import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqException;
import dev.londiste.replication.sync.Job;

/**
 * Asks, before anything is locked, whether the replay runs and keeps up: otherwise writers would wait in vain. Stateless
 * and thread-safe.
 */
public final class KeepingUp {

    /** The way out of operations that have the argument. */
    static final String OR_FORCE = "start it or wait, or ignore that with force";

    private final Job job;
    private final ReplayWatch watch;

    public KeepingUp(Job job) {
        this.job = job;
        this.watch = new ReplayWatch(job);
    }

    /**
     * The replay applies what is committed now within the time for which a table may be locked.
     *
     * @param wayOut what a person may do when it does not
     */
    public void require(String wayOut) {
        if (new PgqConsumerClient(job.provider(), job.queue(), job.consumer())
                .lockTimeout(job.lockTimeout())
                .info()
                .isEmpty()) {
            throw refused("Job " + job.name() + " has no consumer " + job.consumer() + " on queue " + job.queue()
                    + ": its replay has never run; start it");
        }
        long tick = watch.tickToAwait();
        if (!watch.await(tick, System.nanoTime() + job.lockTimeout().toNanos())) {
            throw refused("The replay of job " + job.name() + " did not come to tick " + tick + " within "
                    + job.lockTimeout().toMillis()
                    + " ms: it does not run, or it lags; " + wayOut);
        }
    }

    private PgqException refused(String sentence) {
        return new PgqException(sentence, job.facts().sqlState("LD009"), null);
    }
}
