package dev.londiste.pgq.jdbc;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** A DataSource that does something to the connections of another before it lends them. As thread-safe as what it does. */
public abstract class DelegatingDataSource implements DataSource {

    private final DataSource pool;

    protected DelegatingDataSource(DataSource pool) {
        this.pool = pool;
    }

    /** The DataSource that the connections come from. */
    protected final DataSource pool() {
        return pool;
    }

    /** Answers what is lent in place of the connection; when it fails, the connection goes back. */
    protected abstract Connection lent(Connection connection) throws SQLException;

    @Override
    public Connection getConnection() throws SQLException {
        return lentOrReturned(pool.getConnection());
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return lentOrReturned(pool.getConnection(user, password));
    }

    private Connection lentOrReturned(Connection connection) throws SQLException {
        try {
            return lent(connection);
        } catch (SQLException | RuntimeException e) {
            try (connection) {
                throw e;
            }
        }
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return pool.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        pool.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        pool.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return pool.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getLogger(Logger.GLOBAL_LOGGER_NAME);
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return type.isInstance(pool) ? type.cast(pool) : pool.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return type.isInstance(pool) || pool.isWrapperFor(type);
    }
}
