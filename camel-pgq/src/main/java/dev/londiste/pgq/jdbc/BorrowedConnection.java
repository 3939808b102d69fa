package dev.londiste.pgq.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * A connection out of a pool, in the mode that the borrower needs, given back in the mode in which it came. Not
 * thread-safe. Closing it rolls back what was not committed. One that cannot be put into a mode is given back at once.
 */
public final class BorrowedConnection implements AutoCloseable {

    private static final int HAS_TRANSACTION_TIMEOUT = 17;

    private final Connection connection;
    private final boolean hadAutoCommit;
    private final int hadTimeout;

    private BorrowedConnection(Connection connection) throws SQLException {
        this.connection = connection;
        this.hadAutoCommit = connection.getAutoCommit();
        this.hadTimeout = connection.getNetworkTimeout();
    }

    public static BorrowedConnection from(DataSource dataSource) {
        try {
            return of(dataSource.getConnection());
        } catch (SQLException e) {
            throw SqlErrors.failure(e);
        }
    }

    /** A connection that the caller has borrowed and leaves to this object. */
    public static BorrowedConnection of(Connection connection) {
        try {
            return new BorrowedConnection(connection);
        } catch (SQLException e) {
            closeAfter(e, connection);
            throw SqlErrors.failure(e);
        }
    }

    public Connection connection() {
        return connection;
    }

    public JdbcSession session() {
        return new JdbcSession(connection);
    }

    public BorrowedConnection autoCommit(boolean autoCommit) {
        try {
            if (connection.getAutoCommit() != autoCommit) {
                connection.setAutoCommit(autoCommit);
            }
            return this;
        } catch (SQLException e) {
            closeAfter(e, connection);
            throw SqlErrors.failure(e);
        }
    }

    /**
     * How long the server may stay silent before the connection counts as dead; zero is for ever, for statements that
     * may run long (C41).
     */
    public BorrowedConnection silence(Duration limit) {
        try {
            int millis = Math.toIntExact(limit.toMillis());
            if (millis != hadTimeout) {
                connection.setNetworkTimeout(Runnable::run, millis);
            }
            return this;
        } catch (SQLException e) {
            closeAfter(e, connection);
            throw SqlErrors.failure(e);
        }
    }

    /**
     * A statement that lets the open transaction last as long as it needs, whatever {@code transaction_timeout} the role
     * has; nothing where the server knows no such limit. No query: it takes no snapshot.
     */
    public String lasting() {
        try {
            return connection.getMetaData().getDatabaseMajorVersion() >= HAS_TRANSACTION_TIMEOUT
                    ? "set local transaction_timeout = 0;\n"
                    : "";
        } catch (SQLException e) {
            throw SqlErrors.failure(e);
        }
    }

    public void commit() {
        try {
            connection.commit();
        } catch (SQLException e) {
            throw SqlErrors.failure(e);
        }
    }

    @Override
    public void close() {
        try (connection) {
            if (connection.isClosed()) {
                return;
            }
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
            autoCommit(hadAutoCommit);
            if (connection.getNetworkTimeout() != hadTimeout) {
                connection.setNetworkTimeout(Runnable::run, hadTimeout);
            }
        } catch (SQLException e) {
            throw SqlErrors.failure(e);
        }
    }

    private static void closeAfter(SQLException cause, Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }
}
