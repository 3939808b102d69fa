package dev.londiste.pgq.read;

import dev.londiste.pgq.Event;
import java.util.List;

/** The events of an open batch in event order, page by page. Not thread-safe. */
public interface EventPages extends AutoCloseable {

    /** The next events, bounded in rows and bytes; empty at the end. */
    List<Event> nextPage();

    /** Whether all events have been handed out; no connection is held by then. */
    boolean isExhausted();

    /** Closing again does nothing. */
    @Override
    void close();

    /** What the server may keep for the reader between two pages. */
    enum Hold {
        /** A transaction: cheapest for large batches, but the route works while it stays open. */
        IN_TRANSACTION,
        /** What does not fit one page, for the session; no transaction is open between pages. */
        WITHOUT_TRANSACTION,
        /** Nothing: each page may come from another session, as behind a proxy that pools transactions. */
        WITHOUT_SESSION
    }
}
