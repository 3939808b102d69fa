package dev.londiste.pgq;

import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.read.BatchReader;
import dev.londiste.pgq.read.EventPages;
import dev.londiste.pgq.read.EventPages.Hold;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalLong;

/**
 * The events of an open batch, in event order: the body of an exchange with {@code batching=true}. A small batch is held
 * in memory; a large one is read as it is iterated, a page at a time, in a transaction that stays open meanwhile. It may
 * be iterated again and again while the batch is open, one iteration at a time: a new one ends the one before. Not
 * thread-safe.
 */
public final class PgqBatch implements Iterable<Event>, AutoCloseable {

    private final Batch info;
    private final BatchReader reader;
    private final List<Event> firstPage;
    private final boolean inMemory;
    /** Stands behind the first page until the first iteration takes it; afterwards it belongs to the newest iteration. */
    private EventPages cursor;

    private boolean unread = true;
    private EventIterator newest;
    private boolean ended;
    /** Known once they have been counted. */
    private OptionalLong events = OptionalLong.empty();

    private PgqBatch(Batch info, BatchReader reader, List<Event> firstPage, EventPages cursor) {
        this.info = info;
        this.reader = reader;
        this.firstPage = firstPage;
        this.cursor = cursor;
        this.inMemory = cursor.isExhausted();
        if (inMemory) {
            events = OptionalLong.of(firstPage.size());
        }
    }

    /** Reads the first page. The caller closes the batch when it has ended. */
    public static PgqBatch open(Batch info, BatchReader reader) {
        var cursor = reader.open(info, Hold.IN_TRANSACTION, 0);
        return new PgqBatch(info, reader, cursor.nextPage(), cursor);
    }

    public Batch info() {
        return info;
    }

    /** Whether no event is in it, or none that the consumer's filters let pass. */
    public boolean isEmpty() {
        return firstPage.isEmpty();
    }

    /** How many events are in it; empty while no iteration of a large batch has come to its end. */
    public OptionalLong events() {
        return events;
    }

    @Override
    public Iterator<Event> iterator() {
        requireOpen();
        if (!inMemory && !unread) {
            cursor.close();
            cursor = reader.open(info, Hold.IN_TRANSACTION, 0);
        }
        newest = new EventIterator(unread || inMemory ? firstPage : List.of());
        unread = false;
        return newest;
    }

    /** Ends the reading: whoever uses it afterwards gets an exception. Closing again does nothing. */
    @Override
    public void close() {
        ended = true;
        cursor.close();
    }

    private void requireOpen() {
        if (ended) {
            throw new PgqException(
                    "Batch " + info.id() + " of consumer " + info.consumer() + " of queue " + info.queue()
                            + " has ended: its events can be read only on the consumer's own thread, before the route"
                            + " completes",
                    Facts.of(info),
                    null);
        }
    }

    /** Names the batch; its events never become text by accident. */
    @Override
    public String toString() {
        return "PgqBatch[queue=" + info.queue() + ", consumer=" + info.consumer() + ", id=" + info.id() + "]";
    }

    private final class EventIterator implements Iterator<Event> {

        private Iterator<Event> page;
        private long read;

        EventIterator(List<Event> page) {
            this.page = page.iterator();
        }

        @Override
        public boolean hasNext() {
            requireOpen();
            if (page.hasNext()) {
                return true;
            }
            if (inMemory) {
                return false;
            }
            if (newest != this) {
                throw new PgqException(
                        "Batch " + info.id() + " is iterated anew: this iteration has ended", Facts.of(info), null);
            }
            page = cursor.nextPage().iterator();
            if (!page.hasNext()) {
                events = OptionalLong.of(read);
            }
            return page.hasNext();
        }

        @Override
        public Event next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            read++;
            return page.next();
        }
    }
}
