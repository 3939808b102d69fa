package dev.londiste.pgq.read;

import dev.londiste.pgq.Event;
import java.util.List;
import java.util.function.Function;

/**
 * Reads each page by a query, and a transaction, of its own, that begins after the last event of the page before. No
 * connection is held between pages. Not thread-safe.
 */
final class KeyPages implements EventPages {

    private final Function<Start, EventCursor> query;
    private Start next;
    private boolean ended;

    /**
     * Where a page starts: at the events of an id, some of which are read already. An event that was retried twice may be
     * in a batch twice.
     */
    record Start(long eventId, long skip) {

        Start after(List<Event> page) {
            long last = page.get(page.size() - 1).id();
            long same = page.stream().filter(event -> event.id() == last).count();
            return new Start(last, last == eventId ? skip + same : same);
        }
    }

    /**
     * @param query the events in the order of id and transaction, from a start on
     */
    KeyPages(Function<Start, EventCursor> query, long skip) {
        this.query = query;
        this.next = new Start(Long.MIN_VALUE, skip);
    }

    @Override
    public List<Event> nextPage() {
        if (ended) {
            return List.of();
        }
        try (var cursor = query.apply(next)) {
            var page = cursor.nextPage();
            ended = cursor.isExhausted();
            if (!page.isEmpty()) {
                next = next.after(page);
            }
            return page;
        }
    }

    @Override
    public boolean isExhausted() {
        return ended;
    }

    @Override
    public void close() {
        ended = true;
    }
}
