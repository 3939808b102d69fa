package dev.londiste.pgq.lock;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.BorrowedConnection;
import dev.londiste.pgq.jdbc.KeepAliveDataSource;
import dev.londiste.pgq.jdbc.SqlErrors;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection that stays open and carries the session locks and the LISTEN of all consumers of a database. It comes
 * back by itself each time it is lost, without the locks, which others may have taken by then. Locks only reduce
 * contention: what must not happen twice is fenced elsewhere (C17). The heartbeat notices a dead server; that the server
 * notices a dead client, and frees its locks, is up to the connections given ({@link KeepAliveDataSource}). Thread-safe.
 */
public final class StandingConnection implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StandingConnection.class);

    private static final String STAY = "set idle_session_timeout = 0";
    private static final String AS_BEFORE = "reset idle_session_timeout";

    private static final Duration SILENCE = Duration.ofSeconds(10);
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);
    private static final Duration RECONNECT = Duration.ofSeconds(1);
    private static final Duration NOTHING_TO_WAIT_FOR = Duration.ofMillis(500);
    /** How long others who need the connection wait at most while we wait for notifications. */
    private static final int SLICE_MILLIS = 20;

    private static final PGNotification[] NONE = {};

    private static final String TRY_LOCK = "select pg_try_advisory_lock(?)";
    private static final String IS_AT_WORK = """
            select exists (select from pg_stat_activity where pid = ? and (state is null or state not like 'idle%'))
            """;
    private static final String UNLOCK = "select pg_advisory_unlock(?)";

    private final DataSource database;
    private final ReentrantLock turn = new ReentrantLock(true);
    private final Semaphore wake = new Semaphore(0);
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private volatile Set<LockKey> held = Set.of();
    private volatile boolean closed;
    private BorrowedConnection connection;
    private boolean listening;
    private long lastAnswer;

    public StandingConnection(DataSource database, ThreadFactory threads) {
        this.database = database;
        threads.newThread(this::run).start();
    }

    /** Whether the lock is ours, as far as is known without asking the server. */
    public boolean holds(LockKey key) {
        return held.contains(key);
    }

    /** Takes the lock unless another session has it. */
    public boolean tryLock(LockKey key) {
        return inTurn(() -> {
            if (held.contains(key)) {
                return true;
            }
            boolean taken = connected().session().one(TRY_LOCK, row -> row.getBoolean(1), key.value());
            if (taken) {
                var more = new HashSet<>(held);
                more.add(key);
                held = Set.copyOf(more);
            }
            return taken;
        });
    }

    /** Gives the lock back, if it is ours. */
    public void unlock(LockKey key) {
        inTurn(() -> {
            if (held.contains(key)) {
                var fewer = new HashSet<>(held);
                fewer.remove(key);
                held = Set.copyOf(fewer);
                connection.session().query(UNLOCK, row -> true, key.value());
            }
            return null;
        });
    }

    /** Whether a process of the server is at work on a statement, as far as this role may see. */
    public boolean isAtWork(int process) {
        return inTurn(() -> connected().session().one(IS_AT_WORK, row -> row.getBoolean(1), process));
    }

    /**
     * Calls {@code listener} with the name of each queue that ticks, on the thread of this connection, until closed; and
     * with null when ticks may have been missed, since the connection listens only from now on.
     */
    public AutoCloseable onTick(Consumer<String> listener) {
        listeners.add(listener);
        wake.release();
        return () -> listeners.remove(listener);
    }

    private <T> T inTurn(Work<T> work) {
        turn.lock();
        try {
            return work.run();
        } catch (SQLException e) {
            var failure = SqlErrors.failure(e);
            lose(failure);
            throw failure;
        } catch (PgqException e) {
            lose(e);
            throw e;
        } finally {
            turn.unlock();
        }
    }

    private BorrowedConnection connected() {
        if (closed) {
            throw new PgqException("The connection that carries the locks has been closed");
        }
        if (connection == null) {
            var fresh = BorrowedConnection.from(database).autoCommit(true).silence(SILENCE);
            connection = fresh;
            listening = false;
            fresh.session().execute(STAY);
            lastAnswer = System.nanoTime();
        }
        return connection;
    }

    private void run() {
        while (!closed) {
            try {
                inTurn(this::waitForNotifications);
                if (listeners.isEmpty()) {
                    pause(NOTHING_TO_WAIT_FOR);
                }
            } catch (PgqException e) {
                LOG.debug("standing connection - {}", e.getMessage());
                pause(RECONNECT);
            } catch (RuntimeException e) {
                // A listener's fault: the locks of all others hang on this thread.
                LOG.warn("standing connection - a listener failed", e);
                pause(RECONNECT);
            }
        }
    }

    private Void waitForNotifications() throws SQLException {
        var session = connected().session();
        if (!listening && !listeners.isEmpty()) {
            session.execute("listen pgq");
            listening = true;
            listeners.forEach(listener -> listener.accept(null));
        }
        var arrived =
                listening ? session.connection().unwrap(PGConnection.class).getNotifications(SLICE_MILLIS) : NONE;
        if (arrived != null && arrived.length > 0) {
            lastAnswer = System.nanoTime();
            for (var notification : arrived) {
                listeners.forEach(listener -> listener.accept(notification.getParameter()));
            }
        } else if (System.nanoTime() - lastAnswer > HEARTBEAT.toNanos()) {
            session.query("select 1", row -> true);
            lastAnswer = System.nanoTime();
        }
        return null;
    }

    private void lose(PgqException cause) {
        held = Set.of();
        if (connection != null) {
            LOG.warn("standing connection - lost, locks are given up: {}", cause.getMessage());
            discard();
        }
    }

    /** The session ends, and with it its locks: a pool must not get it back as it is. */
    private void discard() {
        try (var ending = connection) {
            connection = null;
            ending.session().execute("select pg_advisory_unlock_all(); unlisten *; " + AS_BEFORE);
        } catch (PgqException e) {
            LOG.debug("standing connection - {}", e.getMessage());
        }
    }

    /** Ends early when there is a listener more, or on close. */
    private void pause(Duration longest) {
        try {
            if (wake.tryAcquire(longest.toNanos(), TimeUnit.NANOSECONDS)) {
                wake.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        turn.lock();
        try {
            held = Set.of();
            if (connection != null) {
                discard();
            }
        } finally {
            turn.unlock();
        }
        wake.release();
    }

    @FunctionalInterface
    private interface Work<T> {
        T run() throws SQLException;
    }
}
