package dev.londiste.pgq.read;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.jdbc.BorrowedConnection;
import dev.londiste.pgq.jdbc.Identifiers;
import dev.londiste.pgq.jdbc.SqlErrors;
import dev.londiste.pgq.jdbc.StatementWatch;
import dev.londiste.pgq.read.LargeEvents.Announced;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Reads pages by a cursor. It has a connection to itself until it is exhausted or closed. Not thread-safe. */
final class EventCursor implements EventPages {

    /** How long a cursor is to serve. */
    enum Kind {
        /** The transaction stays open between pages. */
        IN_TRANSACTION(" no scroll cursor without hold for "),
        /** As that, but it is closed after a page: there is nothing to ask for ahead. */
        ONE_PAGE(" no scroll cursor without hold for "),
        /** The server stores what does not fit one page, for the session. */
        IN_SESSION(" no scroll cursor with hold for ");

        private final String sql;

        Kind(String sql) {
            this.sql = sql;
        }
    }

    /** A batch is read once: compiling its query would take longer than running it. */
    private static final String SETTINGS = """
            set local idle_in_transaction_session_timeout = 0;
            set local statement_timeout = 0;
            set local jit = off;
            """;

    private final BorrowedConnection connection;
    private final String name;
    private final String largeName;
    private final Kind kind;
    private final FetchSize fetchSize;
    private final EventRow row = new EventRow();
    private final StatementWatch watch;
    /** Fetched, not yet handed out. */
    private final Deque<Announced> pending = new ArrayDeque<>();

    private CursorRows rows;
    private LargeEvents large;
    private int process;
    private boolean fetchedAll;
    private boolean begun;
    private boolean ended;

    EventCursor(BorrowedConnection connection, String name, Kind kind, FetchSize fetchSize, StatementWatch watch) {
        this.connection = connection;
        this.name = Identifiers.quote(name);
        this.largeName = Identifiers.quote(name + "_large");
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
        while ((count = fetchSize.next(page.size(), chars)) > 0 && hasPending(count) && fitsNext(page, chars)) {
            chars += take(count, page, chars);
        }
        if (fetchedAll && pending.isEmpty()) {
            close();
        }
        if (!ended && !begun && isHeldBySession()) {
            // The server keeps the rest of the result; no snapshot stays open while the page is worked on.
            connection.commit();
            connection.autoCommit(true);
        }
        begun = true;
        return page;
    }

    private boolean hasPending(int count) {
        if (pending.isEmpty() && !fetchedAll) {
            fetch(count);
        }
        return !pending.isEmpty();
    }

    private void fetch(int count) {
        try (var fetched = rows.next(count)) {
            fetchedAll = fetched.last();
            if (kind == Kind.IN_TRANSACTION && !fetchedAll) {
                rows.ask(fetchSize.next(0, 0));
            }
            for (var each = fetched.rows(); each.next(); ) {
                pending.add(new Announced(row.read(each), each.getLong(11)));
            }
        } catch (SQLException e) {
            throw SqlErrors.failure(e);
        }
    }

    /** Hands out of what is pending, up to the first large event that no longer fits the page. */
    private long take(int count, List<Event> page, long charsBefore) {
        int before = page.size();
        long chars = 0;
        while (page.size() - before < count && !pending.isEmpty() && fitsNext(page, charsBefore + chars)) {
            var next = pending.remove();
            var event = next.isLarge() ? large.read(connection.session(), next, pending) : next.event();
            page.add(event);
            chars += EventRow.chars(event);
        }
        fetchSize.seen(page.size() - before, chars);
        return chars;
    }

    private boolean fitsNext(List<Event> page, long chars) {
        return page.isEmpty() || FetchSize.fits(chars + pending.element().size());
    }

    @Override
    public void close() {
        if (ended) {
            return;
        }
        ended = true;
        if (rows != null) {
            rows.settle();
        }
        try (connection) {
            if (begun && isHeldBySession()) {
                connection.session().execute("close " + name);
                large.close(connection.session());
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
        return kind == Kind.IN_SESSION;
    }

    /** Begins the query, which may take long, on the server process of this transaction. */
    void prepare(int serverProcess, String query, Object[] parameters, long skip) {
        process = serverProcess;
        connection.silence(Duration.ZERO);
        watch.during(connection.connection(), process, () -> declare(query, parameters, skip));
    }

    private boolean declare(String query, Object[] parameters, long skip) {
        var move = skip > 0 ? "; move forward " + skip + " from " + name : "";
        var settings = SETTINGS + connection.lasting();
        rows = new CursorRows(connection.connection(), process, watch, name);
        large = new LargeEvents(largeName, settings + "declare " + largeName + kind.sql, query, parameters);
        connection
                .session()
                .inOneTrip(
                        settings + "declare " + name + kind.sql + LargeEvents.announcedBy(query) + move,
                        List.of(),
                        parameters);
        return true;
    }
}
