package dev.londiste.pgq.component.route;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.Event;
import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.change.ChangeDecoder;
import dev.londiste.pgq.component.CarriedHeaders;
import dev.londiste.pgq.component.PgqConstants;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts an event into an exchange. Its content becomes a header only under the names of {@link PgqConstants}. Not
 * thread-safe: the decoder remembers the shapes of tables.
 */
public final class EventExchange {

    private static final Logger LOG = LoggerFactory.getLogger(EventExchange.class);

    private static final String JSONTRIGA = "{\"op\":";

    private final ChangeDecoder decoder = new ChangeDecoder();
    private final EventBody body;
    private final RepeatedHeaders headers = new RepeatedHeaders();

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
        var change = mayBeChange(event) ? decoded(event) : null;
        headers.begin();
        batchHeaders(batch, headers::put);
        eventHeaders(event);
        if (change != null) {
            changeHeaders(event, change);
        }
        headers.moveTo(message);
        if (change == null) {
            CarriedHeaders.read(event.extra4(), message);
        }
        return Optional.ofNullable(change);
    }

    private void eventHeaders(Event event) {
        headers.put(PgqConstants.EVENT_ID, event.id());
        headers.put(PgqConstants.EVENT_TIME, event.time());
        headers.put(PgqConstants.EVENT_TXID, event.txid());
        headers.put(PgqConstants.EVENT_RETRY, event.retry());
        headers.put(Exchange.MESSAGE_TIMESTAMP, event.time().toEpochMilli());
        headers.put(PgqConstants.EVENT_TYPE, event.type());
        headers.put(PgqConstants.EXTRA1, event.extra1());
        headers.put(PgqConstants.EXTRA2, event.extra2());
        headers.put(PgqConstants.EXTRA3, event.extra3());
        headers.put(PgqConstants.EXTRA4, event.extra4());
    }

    /** An event of somebody else may only look like a change of a table. */
    private Change decoded(Event event) {
        try {
            return decoder.decode(event);
        } catch (RuntimeException e) {
            LOG.debug("Event {} of type {} is no change of a table: {}", event.id(), event.type(), e.getMessage());
            return null;
        }
    }

    static void batchHeaders(Batch batch, BiConsumer<String, Object> headers) {
        headers.accept(PgqConstants.QUEUE, batch.queue());
        headers.accept(PgqConstants.CONSUMER, batch.consumer());
        headers.accept(PgqConstants.BATCH_ID, batch.id());
        headers.accept(PgqConstants.TICK_ID, batch.tick().id());
        headers.accept(PgqConstants.PREV_TICK_ID, batch.previous().id());
    }

    /**
     * Our capture's format and that of logutriga, {@code I:key}, {@code U:key}, {@code D:key}, {@code R}, and that of
     * jsontriga, with the table in extra1. An insert of sqltriga does not tell its key.
     */
    private static boolean mayBeChange(Event event) {
        var type = event.type();
        if (type == null || type.isEmpty() || event.extra1() == null) {
            return false;
        }
        return type.equals("R")
                || type.startsWith(JSONTRIGA)
                || (type.length() > 1 && type.charAt(1) == ':' && "IUD".indexOf(type.charAt(0)) >= 0);
    }

    private void changeHeaders(Event event, Change change) {
        headers.put(PgqConstants.TABLE, change.table());
        headers.put(PgqConstants.CHANGE, change.operation().name());
        if (change.operation() != Change.Operation.TRUNCATE) {
            headers.put(PgqConstants.KEY, change.key());
            headers.put(PgqConstants.KEY_COLUMNS, change.keyColumns());
            headers.put(PgqConstants.OLD_KEY, change.oldKey() == null ? null : event.extra2());
            headers.put(PgqConstants.OLD_ROW, change.oldRow() == null ? null : oldRow(event));
        }
    }

    /** Null for that of logutriga, which is no JSON; it is in the header of its field. */
    private static String oldRow(Event event) {
        var text = event.type().startsWith(JSONTRIGA) ? event.extra2() : event.extra3();
        return text != null && text.startsWith("{") ? text : null;
    }
}
