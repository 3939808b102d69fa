package dev.londiste.pgq.read;

import dev.londiste.pgq.jdbc.BesideCaller;
import dev.londiste.pgq.jdbc.SqlErrors;
import dev.londiste.pgq.jdbc.StatementWatch;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The rows of a cursor, one fetch after the other. The server may be asked for the next ones while those before are
 * decoded: otherwise it waits for us, and we for it. Not thread-safe; after {@link #ask} the connection is in use until the
 * next fetch, or {@link #settle}.
 */
final class CursorRows {

    private final Connection connection;
    private final int process;
    private final StatementWatch watch;
    private final String cursor;
    private final BesideCaller<Fetched> asked = new BesideCaller<>("fetch");

    /**
     * @param process the server process of the connection
     * @param cursor its quoted name
     */
    CursorRows(Connection connection, int process, StatementWatch watch, String cursor) {
        this.connection = connection;
        this.process = process;
        this.watch = watch;
        this.cursor = cursor;
    }

    /**
     * What a fetch brought.
     *
     * @param rows standing before the first
     * @param last whether the cursor is at its end
     */
    record Fetched(ResultSet rows, boolean last) implements AutoCloseable {
        @Override
        public void close() throws SQLException {
            rows.getStatement().close();
        }
    }

    /** The rows that were asked for; else so many. */
    Fetched next(int count) {
        return asked.isRunning() ? asked.await() : fetch(count);
    }

    /** Asks for so many, and does not wait for them. */
    void ask(int count) {
        asked.start(() -> watch.during(connection, process, () -> fetch(count)));
    }

    /** Returns when the connection is free. */
    void settle() {
        asked.settle();
    }

    private Fetched fetch(int count) {
        try {
            var statement = connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY);
            var rows = statement.executeQuery("fetch forward " + count + " from " + cursor);
            rows.last();
            boolean last = rows.getRow() < count;
            rows.beforeFirst();
            return new Fetched(rows, last);
        } catch (SQLException e) {
            throw SqlErrors.failure(e);
        }
    }
}
