package dev.londiste.replication.copy;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections that a worker and those who read ranges for it are using, so that another thread can break them: a
 * statement that runs for hours hears nothing else. Thread-safe.
 */
final class OpenConnections {

    private static final Logger LOG = LoggerFactory.getLogger(OpenConnections.class);

    private final List<Connection> open = new ArrayList<>();
    private boolean broken;

    /** Does some work with connections that may be broken meanwhile. */
    <T> T use(Supplier<T> work, Connection... connections) {
        var used = List.of(connections);
        begin(used);
        try {
            return work.get();
        } finally {
            end(used);
        }
    }

    private synchronized void begin(List<Connection> used) {
        open.addAll(used);
        if (broken) {
            abort();
        }
    }

    private synchronized void end(List<Connection> used) {
        used.forEach(open::remove);
    }

    /** Breaks what is open, and whatever is used from now on, and wakes who pauses. */
    synchronized void abort() {
        broken = true;
        notifyAll();
        for (var connection : open) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("connection could not be broken", e);
            }
        }
    }

    synchronized boolean isBroken() {
        return broken;
    }

    /** Waits so long, or until {@link #abort}. A thread that is interrupted breaks its connections. */
    synchronized void pause(Duration pause) {
        long end = System.nanoTime() + pause.toNanos();
        try {
            for (long left = pause.toNanos(); left > 0 && !broken; left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            abort();
        }
    }
}
