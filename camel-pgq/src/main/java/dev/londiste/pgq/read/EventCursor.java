package dev.londiste.pgq.read;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.jdbc.BorrowedConnection;
import dev.londiste.pgq.jdbc.Identifiers;
import dev.londiste.pgq.jdbc.SqlErrors;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The events of an open batch in event order, page by page. It has a connection to itself until it is exhausted or
 * closed. Not thread-safe.
 */
public final class EventCursor implements AutoCloseable {

    private final BorrowedConnection connection;
    private final String name;
    private final Hold hold;
    private final FetchSize fetchSize;
    private boolean begun;
    private boolean ended;

    EventCursor(BorrowedConnection connection, String name, Hold hold, FetchSize fetchSize) {
        this.connection = connection;
        this.name = Identifiers.quote(name);
        this.hold = hold;
        this.fetchSize = fetchSize;
    }

    /** The next events, bounded in rows and bytes; empty at the end. */
    public List<Event> nextPage() {
        if (ended) {
            return List.of();
        }
        try {
            return readPage();
        } catch (RuntimeException e) {
            closeAfter(e);
            throw e;
        }
    }

    /** Whether all events have been handed out; the connection is given back by then. */
    public boolean isExhausted() {
        return ended;
    }

    private List<Event> readPage() {
        var page = new ArrayList<Event>();
        long chars = 0;
        int count;
        while (!ended && (count = fetchSize.next(page.size(), chars)) > 0) {
            long fetchedChars = fetch(count, page);
            chars += fetchedChars;
        }
        if (!ended && !begun && hold == Hold.WITHOUT_TRANSACTION) {
            // The server keeps the rest of the result; no snapshot stays open while the page is worked on.
            connection.commit();
            connection.autoCommit(true);
        }
        begun = true;
        return page;
    }

    private long fetch(int count, List<Event> page) {
        int before = page.size();
        long chars = 0;
        try (var statement = connection.connection().createStatement();
                var rows = statement.executeQuery("fetch forward " + count + " from " + name)) {
            while (rows.next()) {
                var event = EventRow.read(rows);
                page.add(event);
                chars += EventRow.chars(event);
            }
        } catch (SQLException e) {
            throw SqlErrors.failure(e);
        }
        int fetched = page.size() - before;
        fetchSize.seen(fetched, chars);
        if (fetched < count) {
            close();
        }
        return chars;
    }

    /** Gives the connection back. Closing again does nothing. */
    @Override
    public void close() {
        if (ended) {
            return;
        }
        ended = true;
        try (connection) {
            if (begun && hold == Hold.WITHOUT_TRANSACTION) {
                connection.session().execute("close " + name);
            }
        }
    }

    private void closeAfter(RuntimeException cause) {
        try {
            close();
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    void prepare(String query, Object[] parameters, long skip) {
        connection.autoCommit(false).silence(Duration.ZERO);
        var session = connection.session();
        session.execute("""
                set local idle_in_transaction_session_timeout = 0;
                set local statement_timeout = 0
                """);
        session.update("declare " + name + hold.clause() + query, parameters);
        if (skip > 0) {
            session.execute("move forward " + skip + " from " + name);
        }
    }

    /** Whether the server's transaction may stay open between two pages. */
    public enum Hold {
        /** The route works while the transaction stays open: cheapest for large batches. */
        IN_TRANSACTION(" no scroll cursor without hold for "),
        /** The server stores what does not fit one page; no transaction is open between pages. */
        WITHOUT_TRANSACTION(" no scroll cursor with hold for ");

        private final String clause;

        Hold(String clause) {
            this.clause = clause;
        }

        String clause() {
            return clause;
        }
    }
}
