package dev.londiste.pgq.read;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.jdbc.BorrowedConnection;
import dev.londiste.pgq.jdbc.Identifiers;
import dev.londiste.pgq.jdbc.SqlErrors;
import dev.londiste.pgq.jdbc.StatementWatch;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads pages by a cursor. It has a connection to itself until it is exhausted or closed. Not thread-safe. */
final class EventCursor implements EventPages {

    /** The transaction stays open between pages. */
    static final String IN_TRANSACTION = " no scroll cursor without hold for ";
    /** The server stores what does not fit one page, for the session. */
    static final String IN_SESSION = " no scroll cursor with hold for ";

    /** A batch is read once: compiling its query would take longer than running it. */
    private static final String SETTINGS = """
            set local idle_in_transaction_session_timeout = 0;
            set local statement_timeout = 0;
            set local jit = off;
            """;

    private final BorrowedConnection connection;
    private final String name;
    private final String kind;
    private final FetchSize fetchSize;
    private final EventRow row = new EventRow();
    private final StatementWatch watch;
    private int process;
    private boolean begun;
    private boolean ended;

    EventCursor(BorrowedConnection connection, String name, String kind, FetchSize fetchSize, StatementWatch watch) {
        this.connection = connection;
        this.name = Identifiers.quote(name);
        this.kind = kind;
        this.fetchSize = fetchSize;
        this.watch = watch;
    }

    @Override
    public List<Event> nextPage() {
        if (ended) {
            return List.of();
        }
        try {
            return watch.during(connection.connection(), process, this::readPage);
        } catch (RuntimeException e) {
            closeAfter(e);
            throw e;
        }
    }

    @Override
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
        if (!ended && !begun && isHeldBySession()) {
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
                var event = row.read(rows);
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

    @Override
    public void close() {
        if (ended) {
            return;
        }
        ended = true;
        try (connection) {
            if (begun && isHeldBySession()) {
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

    private boolean isHeldBySession() {
        return kind.equals(IN_SESSION);
    }

    /** Begins the query, which may take long, on the server process of this transaction. */
    void prepare(int serverProcess, String query, Object[] parameters, long skip) {
        process = serverProcess;
        connection.silence(Duration.ZERO);
        watch.during(connection.connection(), process, () -> declare(query, parameters, skip));
    }

    private boolean declare(String query, Object[] parameters, long skip) {
        var move = skip > 0 ? "; move forward " + skip + " from " + name : "";
        connection.session().inOneTrip(SETTINGS + "declare " + name + kind + query + move, List.of(), parameters);
        return true;
    }
}
