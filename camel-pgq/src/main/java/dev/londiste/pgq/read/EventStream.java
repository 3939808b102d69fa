package dev.londiste.pgq.read;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.jdbc.BorrowedConnection;
import dev.londiste.pgq.jdbc.SqlErrors;
import dev.londiste.pgq.jdbc.StatementWatch;
import dev.londiste.pgq.jdbc.UnfinishedCopy;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.copy.CopyOut;
import org.postgresql.core.BaseConnection;

/**
 * Reads pages out of one COPY. The server sends event by event, never waits to be asked, and runs ahead as far as the
 * network holds; it stores nothing. So no more is in memory than a page and the event after it, however large events are
 * (C09). It has a connection to itself until it is exhausted or closed. Not thread-safe.
 */
final class EventStream implements EventPages {

    private final BorrowedConnection connection;
    private final int process;
    private final int mostRows;
    private final StatementWatch watch;
    private CopyOut copy;
    private BinaryEvents events;
    /** Read, not yet handed out; null at the end. */
    private Event next;

    private EventStream(BatchQuery query, int mostRows, StatementWatch watch) {
        this.connection = query.connection();
        this.process = query.process();
        this.mostRows = mostRows;
        this.watch = watch;
    }

    /**
     * Begins to read; returns when the first event has come.
     *
     * @param mostRows how many events a page may hold
     */
    static EventStream begin(BatchQuery query, long skip, int mostRows, StatementWatch watch) {
        var stream = new EventStream(query, mostRows, watch);
        stream.watched(() -> {
            stream.start(query.sql() + (skip > 0 ? " offset " + skip : ""));
            return stream;
        });
        return stream;
    }

    @Override
    public List<Event> nextPage() {
        return next == null ? List.of() : watched(this::readPage);
    }

    @Override
    public boolean isExhausted() {
        return next == null;
    }

    @Override
    public void close() {
        next = null;
        try (connection) {
            watch.during(connection.connection(), process, () -> {
                UnfinishedCopy.end(connection.connection(), copy);
                return this;
            });
        }
    }

    private void start(String query) throws SQLException {
        var physical = connection.connection().unwrap(BaseConnection.class);
        copy = physical.getCopyAPI().copyOut("copy (" + query + ") to stdout (format binary)");
        events = new BinaryEvents(physical.getEncoding());
        read();
    }

    private List<Event> readPage() throws SQLException {
        var page = new ArrayList<Event>();
        long chars = 0;
        do {
            page.add(next);
            chars += EventRow.chars(next);
            read();
        } while (next != null && page.size() < mostRows && FetchSize.fits(chars + EventRow.chars(next)));
        return page;
    }

    private void read() throws SQLException {
        do {
            var row = copy.readFromCopy();
            next = row == null ? null : events.read(row);
        } while (next == null && copy.isActive());
        if (next == null) {
            close();
        }
    }

    private <T> T watched(Reading<T> reading) {
        try {
            return watch.during(connection.connection(), process, () -> {
                try {
                    return reading.run();
                } catch (SQLException e) {
                    throw SqlErrors.failure(e);
                }
            });
        } catch (RuntimeException e) {
            closeAfter(e);
            throw e;
        }
    }

    private void closeAfter(RuntimeException cause) {
        try {
            close();
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    @FunctionalInterface
    private interface Reading<T> {
        T run() throws SQLException;
    }
}
