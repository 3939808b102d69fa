package dev.londiste.pgq.read;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.jdbc.BorrowedConnection;
import dev.londiste.pgq.jdbc.Identifiers;
import dev.londiste.pgq.jdbc.SqlErrors;
import dev.londiste.pgq.jdbc.StatementWatch;
import dev.londiste.pgq.read.LargeEvents.Announced;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/**
 * Reads pages by a cursor, between which no transaction is open. It has a connection to itself until it is exhausted or
 * closed. Not thread-safe.
 */
final class EventCursor implements EventPages {

    private final BorrowedConnection connection;
    private final int process;
    private final String name;
    private final LargeEvents large;
    private final boolean manyPages;
    private final FetchSize fetchSize;
    private final EventRow row = new EventRow();
    private final StatementWatch watch;
    /** Fetched, not yet handed out. */
    private final Deque<Announced> pending = new ArrayDeque<>();

    private boolean fetchedAll;
    private boolean begun;
    private boolean ended;

    private EventCursor(BatchQuery query, String name, boolean manyPages, FetchSize fetchSize, StatementWatch watch) {
        this.connection = query.connection();
        this.process = query.process();
        this.name = Identifiers.quote(name);
        this.large = new LargeEvents(query, name + "_large", hold(manyPages));
        this.manyPages = manyPages;
        this.fetchSize = fetchSize;
        this.watch = watch;
    }

    /**
     * Begins the query, which may take long.
     *
     * @param manyPages whether more than one page is wanted: the server stores what does not fit the first, for the session
     */
    static EventCursor begin(
            BatchQuery query, long skip, String name, boolean manyPages, FetchSize fetchSize, StatementWatch watch) {
        var cursor = new EventCursor(query, name, manyPages, fetchSize, watch);
        var move = skip > 0 ? "; move forward " + skip + " from " + cursor.name : "";
        cursor.watched(() -> {
            cursor.connection
                    .session()
                    .execute("declare " + cursor.name + hold(manyPages) + LargeEvents.announcedBy(query.sql()) + move);
            return cursor;
        });
        return cursor;
    }

    private static String hold(boolean manyPages) {
        return " no scroll cursor " + (manyPages ? "with" : "without") + " hold for ";
    }

    @Override
    public List<Event> nextPage() {
        if (ended) {
            return List.of();
        }
        try {
            return watched(this::readPage);
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
        if (!ended && !begun && manyPages) {
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
        try (var statement = connection.connection().createStatement();
                var rows = statement.executeQuery("fetch forward " + count + " from " + name)) {
            int fetched = 0;
            for (; rows.next(); fetched++) {
                pending.add(new Announced(row.read(rows), rows.getLong(11)));
            }
            fetchedAll = fetched < count;
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
        try (connection) {
            if (begun && manyPages) {
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

    private <T> T watched(Supplier<T> statements) {
        return watch.during(connection.connection(), process, statements);
    }
}
