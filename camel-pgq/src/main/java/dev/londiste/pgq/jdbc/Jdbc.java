package dev.londiste.pgq.jdbc;

import dev.londiste.pgq.PgqException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Work over connections of a DataSource. Thread-safe. Each call borrows one connection, uses it in the mode it names,
 * whatever mode the pool hands it out in, and gives it back as it was.
 */
public final class Jdbc {

    private final DataSource dataSource;

    public Jdbc(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    public DataSource dataSource() {
        return dataSource;
    }

    /** One READ COMMITTED transaction: committed when the work returns, rolled back when it throws. */
    public <T> T inTransaction(SqlFunction<JdbcSession, T> work) {
        return inTransaction(Connection.TRANSACTION_READ_COMMITTED, work);
    }

    /** As {@link #inTransaction(SqlFunction)}, in an isolation level of {@link Connection}. */
    public <T> T inTransaction(int isolation, SqlFunction<JdbcSession, T> work) {
        return inMode(false, isolation, connection -> {
            try {
                T result = work.apply(new JdbcSession(connection));
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException | Error e) {
                rollback(connection, e);
                throw e;
            }
        });
    }

    /** Each statement is a READ COMMITTED transaction of its own. */
    public <T> T inAutoCommit(SqlFunction<JdbcSession, T> work) {
        return inMode(
                true, Connection.TRANSACTION_READ_COMMITTED, connection -> work.apply(new JdbcSession(connection)));
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

    private <T> T inMode(boolean autoCommit, int isolation, SqlFunction<Connection, T> work) {
        try (var connection = dataSource.getConnection()) {
            boolean hadAutoCommit = connection.getAutoCommit();
            int hadIsolation = connection.getTransactionIsolation();
            if (hadIsolation != isolation) {
                connection.setTransactionIsolation(isolation);
            }
            if (hadAutoCommit != autoCommit) {
                connection.setAutoCommit(autoCommit);
            }
            Throwable failure = null;
            try {
                return work.apply(connection);
            } catch (SQLException | RuntimeException | Error e) {
                failure = e;
                throw e;
            } finally {
                restore(connection, hadAutoCommit, hadIsolation, failure);
            }
        } catch (SQLException e) {
            throw SqlErrors.failure(e);
        }
    }

    private static void restore(Connection connection, boolean autoCommit, int isolation, Throwable failure)
            throws SQLException {
        try {
            if (connection.getAutoCommit() != autoCommit) {
                connection.setAutoCommit(autoCommit);
            }
            if (connection.getTransactionIsolation() != isolation) {
                connection.setTransactionIsolation(isolation);
            }
        } catch (SQLException e) {
            if (failure == null) {
                throw e;
            }
            failure.addSuppressed(e);
        }
    }

    private static void rollback(Connection connection, Throwable cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    /** Whether the failure comes from a lost or refused connection rather than from what was asked. */
    public static boolean isConnectionFailure(PgqException e) {
        return e.is("08") || e.is("57P01") || e.is("57P02") || e.is("57P03");
    }
}
