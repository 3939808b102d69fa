package dev.londiste.pgq.jdbc;

import dev.londiste.pgq.PgqException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Work over connections of a DataSource. Thread-safe. Each call borrows one connection, uses it in the mode it names,
 * whatever mode the pool hands it out in, and gives it back as it was.
 */
public final class Jdbc {

    /** As the first statement of a transaction it costs one round trip; asking the driver for the level costs one too. */
    private static final String READ_COMMITTED = "set transaction isolation level read committed";

    private static final String LOCK_TIMEOUT = "set local lock_timeout = ";

    private final DataSource dataSource;
    private final Duration silence;
    private final Duration lockTimeout;

    public Jdbc(DataSource dataSource) {
        this(dataSource, null, null);
    }

    private Jdbc(DataSource dataSource, Duration silence, Duration lockTimeout) {
        this.dataSource = dataSource;
        this.silence = silence;
        this.lockTimeout = lockTimeout;
    }

    /** The same, for statements that are short: a server silent for longer counts as dead. Zero is for ever (C41). */
    public Jdbc silence(Duration limit) {
        return new Jdbc(dataSource, limit, lockTimeout);
    }

    /** The same, waiting no longer for a lock; every call is a transaction then. */
    public Jdbc lockTimeout(Duration limit) {
        return new Jdbc(dataSource, silence, limit);
    }

    public DataSource dataSource() {
        return dataSource;
    }

    /** One READ COMMITTED transaction: committed when the work returns, rolled back when it throws. */
    public <T> T inTransaction(SqlFunction<JdbcSession, T> work) {
        return inTransaction(READ_COMMITTED, work);
    }

    /** As {@link #inTransaction(SqlFunction)}, begun by a {@code set transaction} statement. */
    public <T> T inTransaction(String setTransaction, SqlFunction<JdbcSession, T> work) {
        return borrowed(false, borrowed -> {
            var session = borrowed.session();
            session.execute(setTransaction);
            if (lockTimeout != null) {
                session.execute(LOCK_TIMEOUT + lockTimeout.toMillis());
            }
            T result = work.apply(session);
            borrowed.commit();
            return result;
        });
    }

    /** Each statement is a transaction of its own, in the isolation level of the pool. */
    public <T> T inAutoCommit(SqlFunction<JdbcSession, T> work) {
        return lockTimeout == null ? borrowed(true, borrowed -> work.apply(borrowed.session())) : inTransaction(work);
    }

    public <T> List<T> query(String sql, SqlFunction<ResultSet, T> mapper, Object... parameters) {
        return inAutoCommit(session -> session.query(sql, mapper, parameters));
    }

    public <T> Optional<T> first(String sql, SqlFunction<ResultSet, T> mapper, Object... parameters) {
        return inAutoCommit(session -> session.first(sql, mapper, parameters));
    }

    public <T> T one(String sql, SqlFunction<ResultSet, T> mapper, Object... parameters) {
        return inAutoCommit(session -> session.one(sql, mapper, parameters));
    }

    public int update(String sql, Object... parameters) {
        return inAutoCommit(session -> session.update(sql, parameters));
    }

    /** A failure to roll back or to give back is added to the failure of the work, never instead of it. */
    private <T> T borrowed(boolean autoCommit, SqlFunction<BorrowedConnection, T> work) {
        try (var borrowed = BorrowedConnection.from(dataSource).autoCommit(autoCommit)) {
            if (silence != null) {
                borrowed.silence(silence);
            }
            return work.apply(borrowed);
        } catch (SQLException e) {
            throw SqlErrors.failure(e);
        }
    }

    /** Whether the same may well succeed at once: the connection was lost or refused, or two transactions collided. */
    public static boolean isTransient(PgqException e) {
        return e.is("08") || e.is("57P01") || e.is("57P02") || e.is("57P03") || e.is("40");
    }
}
