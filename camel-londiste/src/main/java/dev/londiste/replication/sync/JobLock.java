package dev.londiste.replication.sync;

import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.pgq.jdbc.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * At most one process replays a job: a session lock on the subscriber, on a connection that does nothing else. It only
 * keeps two processes from working against each other; what makes a batch apply once is the position (C17). Not
 * thread-safe.
 */
final class JobLock implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(JobLock.class);

    /** SQL of the lock's number; its parameter is the name of the consumer. */
    static final String KEY = "pg_catalog.hashtextextended('londiste job ' || ?, 0)";

    private static final String ACQUIRE = """
            select pg_catalog.pg_try_advisory_lock(%s),
                   pg_catalog.set_config('tcp_keepalives_idle', '10', false),
                   pg_catalog.set_config('tcp_keepalives_interval', '5', false),
                   pg_catalog.set_config('tcp_keepalives_count', '3', false),
                   pg_catalog.set_config('tcp_user_timeout', '25000', false),
                   case when version() ~ 'linux'
                       then pg_catalog.set_config('client_connection_check_interval', '10s', false) end,
                   pg_catalog.set_config('idle_session_timeout', '0', false)
            """.formatted(KEY);

    /** The lock is not asked about more often, but at each commit; the position fences whoever has lost it meanwhile. */
    private static final Duration MOMENT = Duration.ofSeconds(5);

    private static final String RELEASE = """
            select pg_catalog.pg_advisory_unlock_all();
            reset tcp_keepalives_idle;
            reset tcp_keepalives_interval;
            reset tcp_keepalives_count;
            reset tcp_user_timeout;
            reset client_connection_check_interval;
            reset idle_session_timeout
            """;

    private static final String ALIVE = """
            select 1
            """;

    private final DataSource subscriber;
    private final String consumer;
    private Connection connection;
    private long lastSeen;

    JobLock(DataSource subscriber, String consumer) {
        this.subscriber = subscriber;
        this.consumer = consumer;
    }

    /** Whether this process had the lock a moment ago, trying to get it if it did not. */
    boolean acquire() {
        boolean fresh = connection != null && System.nanoTime() - lastSeen < MOMENT.toNanos();
        return fresh || isHeld() || tryAcquire();
    }

    /** Whether the session that took the lock is still there. */
    boolean isHeld() {
        if (connection == null) {
            return false;
        }
        try {
            new JdbcSession(connection).one(ALIVE, row -> true);
            lastSeen = System.nanoTime();
            return true;
        } catch (RuntimeException e) {
            abandon();
            return false;
        }
    }

    private boolean tryAcquire() {
        try {
            connection = subscriber.getConnection();
        } catch (SQLException e) {
            throw SqlErrors.failure(e);
        }
        boolean acquired = false;
        try {
            connection.setAutoCommit(true);
            acquired = new JdbcSession(connection).one(ACQUIRE, row -> row.getBoolean(1), consumer);
            lastSeen = System.nanoTime();
        } catch (SQLException e) {
            throw SqlErrors.failure(e);
        } finally {
            if (!acquired) {
                close();
            }
        }
        return acquired;
    }

    /** Gives lock and settings back with the session; one that does not answer is broken, so that no pool keeps the lock. */
    @Override
    public void close() {
        var held = connection;
        connection = null;
        if (held != null && !isReleased(held)) {
            abort(held);
        }
    }

    /** Answers false, before a pool has the session back, when it may still hold the lock. */
    private static boolean isReleased(Connection held) {
        try {
            new JdbcSession(held).execute(RELEASE);
        } catch (RuntimeException e) {
            LOG.debug("The session of the job's lock is lost", e);
            return false;
        }
        try {
            held.close();
        } catch (SQLException e) {
            LOG.debug("The session of the job's lock cannot be given back", e);
        }
        return true;
    }

    private void abandon() {
        var lost = connection;
        connection = null;
        abort(lost);
    }

    private static void abort(Connection lost) {
        try (lost) {
            lost.abort(Runnable::run);
        } catch (SQLException e) {
            // A pool drops a connection that it finds broken, and HikariCP says so by an exception.
            LOG.trace("broken on purpose", e);
        }
    }
}
