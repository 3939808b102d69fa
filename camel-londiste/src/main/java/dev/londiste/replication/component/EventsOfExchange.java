package dev.londiste.replication.component;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.PgqBatch;
import dev.londiste.pgq.PgqException;
import org.apache.camel.Exchange;

/**
 * The events that an exchange of a pgq: consumer carries, with the batch that they are of: a whole batch, one event of a
 * split batch, or the event that the exchange was made of, whatever its body has become.
 */
final class EventsOfExchange {

    private static final String EVENT = "CamelPgqEvent";
    private static final String BATCH_ID = "CamelPgqBatchId";

    private final Exchange exchange;

    EventsOfExchange(Exchange exchange) {
        this.exchange = exchange;
    }

    void forEach(Receiver receiver) {
        var body = exchange.getMessage().getBody();
        if (body instanceof PgqBatch batch) {
            long id = batch.info().id();
            batch.forEach(event -> receiver.accept(id, event));
        } else if (body instanceof Iterable<?> several && isEvents(several)) {
            long id = batchId();
            several.forEach(event -> receiver.accept(id, (Event) event));
        } else {
            receiver.accept(batchId(), event(body));
        }
    }

    private static boolean isEvents(Iterable<?> several) {
        var first = several.iterator();
        return first.hasNext() && first.next() instanceof Event;
    }

    private Event event(Object body) {
        if (body instanceof Event event) {
            return event;
        }
        var event = exchange.getProperty(EVENT, Event.class);
        if (event == null) {
            throw notOurs();
        }
        return event;
    }

    private long batchId() {
        var id = exchange.getMessage().getHeader(BATCH_ID, Long.class);
        if (id == null) {
            throw notOurs();
        }
        return id;
    }

    private static PgqException notOurs() {
        return new PgqException(
                "An exchange without an event of a pgq: consumer reached APPLY; a replay is a route from pgq: to londiste:");
    }

    /** Takes an event of a batch. */
    @FunctionalInterface
    interface Receiver {
        void accept(long batchId, Event event);
    }
}
