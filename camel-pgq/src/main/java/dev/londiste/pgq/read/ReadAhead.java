package dev.londiste.pgq.read;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.jdbc.BesideCaller;
import java.util.List;

/**
 * Reads the next page while the caller works on the one before, so that neither the server nor the caller waits for the
 * other; that is one page more in memory. Not thread-safe.
 */
final class ReadAhead implements EventPages {

    private final EventPages pages;
    private final BesideCaller<List<Event>> ahead = new BesideCaller<>("read");

    ReadAhead(EventPages pages) {
        this.pages = pages;
    }

    @Override
    public List<Event> nextPage() {
        var page = ahead.isRunning() ? ahead.await() : pages.nextPage();
        if (!pages.isExhausted()) {
            ahead.start(pages::nextPage);
        }
        return page;
    }

    @Override
    public boolean isExhausted() {
        return !ahead.isRunning() && pages.isExhausted();
    }

    @Override
    public void close() {
        ahead.settle();
        pages.close();
    }
}
