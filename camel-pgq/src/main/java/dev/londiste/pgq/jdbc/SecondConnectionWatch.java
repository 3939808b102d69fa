package dev.londiste.pgq.jdbc;

import dev.londiste.pgq.PgqException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks now and then, from another connection, whether the server is still at work on a long statement. When the server
 * does not answer, or has long been done so that its answer must have got lost, the statement's connection is aborted, and
 * whoever waits for it gets an exception. Thread-safe.
 */
public final class SecondConnectionWatch implements StatementWatch {

    private static final Logger LOG = LoggerFactory.getLogger(SecondConnectionWatch.class);

    static final Duration INTERVAL = Duration.ofSeconds(10);

    private final Server server;
    private final ScheduledExecutorService watchers;
    private final long everyNanos;

    /** What can be asked about a server process from another connection. */
    @FunctionalInterface
    public interface Server {
        /**
         * Whether the process is at work on a statement.
         *
         * @throws PgqException when the server does not answer
         */
        boolean isAtWork(int process);
    }

    /**
     * @param watchers runs the questions; it stays the caller's
     */
    public SecondConnectionWatch(Server server, ScheduledExecutorService watchers) {
        this(server, watchers, INTERVAL);
    }

    SecondConnectionWatch(Server server, ScheduledExecutorService watchers, Duration every) {
        this.server = server;
        this.watchers = watchers;
        this.everyNanos = every.toNanos();
    }

    @Override
    public Watched begin(Connection connection, int process) {
        var look = new Look(connection, process);
        var looks = watchers.scheduleWithFixedDelay(look, everyNanos, everyNanos, TimeUnit.NANOSECONDS);
        return () -> {
            look.end();
            looks.cancel(false);
        };
    }

    private final class Look implements Runnable {

        private final Connection connection;
        private final int process;
        private boolean wasIdle;
        private boolean ended;

        Look(Connection connection, int process) {
            this.connection = connection;
            this.process = process;
        }

        @Override
        public void run() {
            try {
                boolean idle = !isAtWork();
                if (idle && wasIdle) {
                    abort("its answer is lost");
                }
                // Not at once: the statement may have ended just before, its answer being read now.
                wasIdle = idle;
            } catch (PgqException e) {
                if (Jdbc.isTransient(e)) {
                    abort("the server does not answer: " + e.getMessage());
                } else {
                    LOG.warn("statement of server process {} - cannot be watched: {}", process, e.getMessage());
                }
            }
        }

        /** Asked twice: the connection that is asked over may be lost while the server is well. */
        private boolean isAtWork() {
            try {
                return server.isAtWork(process);
            } catch (PgqException e) {
                if (Jdbc.isTransient(e)) {
                    return server.isAtWork(process);
                }
                throw e;
            }
        }

        synchronized void end() {
            ended = true;
        }

        /** Not after the watch has ended: by then the connection may be somebody else's. */
        private synchronized void abort(String why) {
            if (ended) {
                return;
            }
            ended = true;
            LOG.warn("statement of server process {} - given up, {}", process, why);
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.warn("statement of server process {} - cannot be given up: {}", process, e.getMessage());
            }
        }
    }
}
