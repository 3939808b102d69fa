package dev.londiste.pgq.jdbc;

import dev.londiste.pgq.PgqException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Statements on one connection, parameters bound by {@code ?}. It begins, commits and closes nothing. Not thread-safe.
 * Every failure is a {@link PgqException} that carries the SQLSTATE.
 */
public final class JdbcSession {

    private final Connection connection;

    public JdbcSession(Connection connection) {
        this.connection = connection;
    }

    public Connection connection() {
        return connection;
    }

    /** All rows; the mapper sees the result set on each row in turn and must not move it. */
    public <T> List<T> query(String sql, SqlFunction<ResultSet, T> mapper, Object... parameters) {
        return run(sql, parameters, statement -> {
            var rows = new ArrayList<T>();
            try (var result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(mapper.apply(result));
                }
            }
            return rows;
        });
    }

    /** The first row, if there is one and it maps to something. */
    public <T> Optional<T> first(String sql, SqlFunction<ResultSet, T> mapper, Object... parameters) {
        var rows = query(sql, mapper, parameters);
        return rows.isEmpty() ? Optional.empty() : Optional.ofNullable(rows.get(0));
    }

    /** The only row. */
    public <T> T one(String sql, SqlFunction<ResultSet, T> mapper, Object... parameters) {
        var rows = query(sql, mapper, parameters);
        if (rows.size() != 1) {
            throw new PgqException("Expected one row but got " + rows.size() + " from: " + sql.strip());
        }
        return rows.get(0);
    }

    /**
     * Several statements, separated by semicolons, in one round trip. Each runs when the one before has ended, with a
     * snapshot of its own in READ COMMITTED; after a failure none of the rest runs.
     *
     * @param readers of the rows of those statements that have rows, in their order
     */
    public void inOneTrip(String statements, List<RowReader> readers, Object... parameters) {
        run(statements, parameters, statement -> {
            var reader = readers.iterator();
            for (boolean rows = statement.execute();
                    rows || statement.getUpdateCount() >= 0;
                    rows = statement.getMoreResults()) {
                if (rows) {
                    read(statement.getResultSet(), reader.next());
                }
            }
            return null;
        });
    }

    private static void read(ResultSet rows, RowReader reader) throws SQLException {
        try (rows) {
            while (rows.next()) {
                reader.read(rows);
            }
        }
    }

    /** The row count. */
    public int update(String sql, Object... parameters) {
        return run(sql, parameters, PreparedStatement::executeUpdate);
    }

    /** Fails unless exactly so many rows were changed; the caller's transaction is to be rolled back then. */
    public void update(Expect expected, String sql, Object... parameters) {
        int rows = update(sql, parameters);
        if (rows != expected.rows()) {
            throw new PgqException(
                    "Expected to change " + expected.rows() + " rows but changed " + rows + " by: " + sql.strip());
        }
    }

    /** Runs SQL text without parameters: any number of statements, results ignored. */
    public void execute(String sql) {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw SqlErrors.failure(e);
        }
    }

    private <T> T run(String sql, Object[] parameters, SqlFunction<PreparedStatement, T> work) {
        try (var statement = connection.prepareStatement(sql)) {
            bind(statement, parameters);
            return work.apply(statement);
        } catch (SQLException e) {
            throw SqlErrors.failure(e);
        }
    }

    private void bind(PreparedStatement statement, Object[] parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            var value = parameters[i];
            if (value instanceof Instant time) {
                statement.setObject(i + 1, time.atOffset(ZoneOffset.UTC));
            } else if (value instanceof String[] texts) {
                statement.setArray(i + 1, connection.createArrayOf("text", texts));
            } else if (value instanceof Long[] numbers) {
                statement.setArray(i + 1, connection.createArrayOf("int8", numbers));
            } else {
                statement.setObject(i + 1, value);
            }
        }
    }

    /** How many rows a statement must change. */
    public record Expect(int rows) {
        public static final Expect ONE = new Expect(1);
    }

    /** Takes one row; it must not move the result set. */
    @FunctionalInterface
    public interface RowReader {
        /** For a statement whose rows nobody needs. */
        RowReader NOTHING = row -> {};

        void read(ResultSet row) throws SQLException;
    }
}
