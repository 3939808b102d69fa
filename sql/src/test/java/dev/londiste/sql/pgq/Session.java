package dev.londiste.sql.pgq;

import dev.londiste.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.postgresql.util.PSQLException;

/** One database session of a test, in autocommit mode until {@link #begin}. Not thread-safe. */
final class Session implements AutoCloseable {

    private final Connection connection;

    private Session(Connection connection) {
        this.connection = connection;
    }

    static Session of(TestDatabase database) {
        try {
            return new Session(database.connect());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static Session of(Connection connection) {
        return new Session(connection);
    }

    Connection connection() {
        return connection;
    }

    /** Starts a transaction: {@code "read committed"} or another level. */
    Session begin(String isolation) {
        return run("begin isolation level " + isolation);
    }

    Session commit() {
        return run("commit");
    }

    Session rollback() {
        return run("rollback");
    }

    Session run(String sql) {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
            return this;
        } catch (SQLException e) {
            throw new SqlFailure(sql, e);
        }
    }

    /** The first column of all rows. */
    @SuppressWarnings("unchecked")
    <T> List<T> column(String sql, Object... parameters) {
        try (var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (var result = statement.executeQuery()) {
                var values = new ArrayList<T>();
                while (result.next()) {
                    values.add((T) result.getObject(1));
                }
                return values;
            }
        } catch (SQLException e) {
            throw new SqlFailure(sql, e);
        }
    }

    /** The first column of the only row. */
    <T> T value(String sql, Object... parameters) {
        var values = this.<T>column(sql, parameters);
        if (values.size() != 1) {
            throw new IllegalStateException(values.size() + " rows from " + sql);
        }
        return values.get(0);
    }

    /** Shared blocks, hit or read, by the whole plan of a query. */
    int buffers(String sql) {
        var matcher = Pattern.compile("Buffers: shared (?:hit=(\\d+))? ?(?:read=(\\d+))?")
                .matcher(String.join("\n", this.<String>column("explain (analyze, buffers, timing off) " + sql)));
        if (!matcher.find()) {
            return 0;
        }
        return number(matcher.group(1)) + number(matcher.group(2));
    }

    private static int number(String text) {
        return text == null ? 0 : Integer.parseInt(text);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A statement that failed. */
    static final class SqlFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SqlFailure(String sql, SQLException cause) {
            super(cause.getMessage() + " in " + sql, cause);
        }

        String sqlState() {
            return ((SQLException) getCause()).getSQLState();
        }

        String serverMessage() {
            return getCause() instanceof PSQLException failure && failure.getServerErrorMessage() != null
                    ? failure.getServerErrorMessage().getMessage()
                    : getMessage();
        }
    }
}
