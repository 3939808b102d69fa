package dev.londiste.pgq.component.route;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.Event;
import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.change.ChangeDecoder;
import dev.londiste.pgq.component.CarriedHeaders;
import dev.londiste.pgq.component.PgqConstants;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts an event into an exchange. Its content becomes a header only under the names of {@link PgqConstants}. Not
 * thread-safe: the decoder remembers the shapes of tables.
 */
public final class EventExchange {

    private static final Logger LOG = LoggerFactory.getLogger(EventExchange.class);

    private final ChangeDecoder decoder = new ChangeDecoder();
    private final EventBody body;

    public EventExchange(EventBody body) {
        this.body = body;
    }

    /** Puts in the event of a page; answers the change of a table that the event is. */
    public Optional<Change> fill(Exchange exchange, Batch batch, List<Event> page, int index) {
        exchange.setProperty(ExchangePropertyKey.BATCH_INDEX, index);
        exchange.setProperty(ExchangePropertyKey.BATCH_SIZE, page.size());
        exchange.setProperty(ExchangePropertyKey.BATCH_COMPLETE, index == page.size() - 1);
        return fill(exchange, batch, page.get(index));
    }

    private Optional<Change> fill(Exchange exchange, Batch batch, Event event) {
        var message = exchange.getMessage();
        exchange.setProperty(PgqConstants.EVENT, event);
        message.setBody(body.of(event));
        batchHeaders(message, batch);
        message.setHeader(PgqConstants.EVENT_ID, event.id());
        message.setHeader(PgqConstants.EVENT_TIME, event.time());
        message.setHeader(PgqConstants.EVENT_TXID, event.txid());
        message.setHeader(PgqConstants.EVENT_RETRY, event.retry());
        message.setHeader(Exchange.MESSAGE_TIMESTAMP, event.time().toEpochMilli());
        set(message, PgqConstants.EVENT_TYPE, event.type());
        set(message, PgqConstants.EXTRA1, event.extra1());
        set(message, PgqConstants.EXTRA2, event.extra2());
        set(message, PgqConstants.EXTRA3, event.extra3());
        set(message, PgqConstants.EXTRA4, event.extra4());
        var change = mayBeChange(event) ? decoded(event) : Optional.<Change>empty();
        change.ifPresentOrElse(
                known -> changeHeaders(message, event, known), () -> CarriedHeaders.read(event.extra4(), message));
        return change;
    }

    /** An event of somebody else may only look like a change of a table. */
    private Optional<Change> decoded(Event event) {
        try {
            return Optional.ofNullable(decoder.decode(event));
        } catch (RuntimeException e) {
            LOG.debug("Event {} of type {} is no change of a table: {}", event.id(), event.type(), e.getMessage());
            return Optional.empty();
        }
    }

    static void batchHeaders(Message message, Batch batch) {
        message.setHeader(PgqConstants.QUEUE, batch.queue());
        message.setHeader(PgqConstants.CONSUMER, batch.consumer());
        message.setHeader(PgqConstants.BATCH_ID, batch.id());
        message.setHeader(PgqConstants.TICK_ID, batch.tick().id());
        message.setHeader(PgqConstants.PREV_TICK_ID, batch.previous().id());
    }

    /** Only our capture's format: {@code I:key}, {@code U:key}, {@code D:key}, {@code R}, with the table in extra1. */
    private static boolean mayBeChange(Event event) {
        var type = event.type();
        if (type == null || type.isEmpty() || event.extra1() == null) {
            return false;
        }
        return type.equals("R") || (type.length() > 1 && type.charAt(1) == ':' && "IUD".indexOf(type.charAt(0)) >= 0);
    }

    private static void changeHeaders(Message message, Event event, Change change) {
        message.setHeader(PgqConstants.TABLE, change.table());
        message.setHeader(PgqConstants.CHANGE, change.operation().name());
        if (change.operation() != Change.Operation.TRUNCATE) {
            message.setHeader(PgqConstants.KEY, change.key());
            message.setHeader(PgqConstants.KEY_COLUMNS, change.keyColumns());
            set(message, PgqConstants.OLD_KEY, event.extra2());
            set(message, PgqConstants.OLD_ROW, event.extra3());
        }
    }

    private static void set(Message message, String header, String value) {
        if (value != null) {
            message.setHeader(header, value);
        }
    }
}
