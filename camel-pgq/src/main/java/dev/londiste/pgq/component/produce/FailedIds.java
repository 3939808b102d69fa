package dev.londiste.pgq.component.produce;

import dev.londiste.pgq.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Message;

/** Reads which failed events a message means: an id, a row of FAILED_EVENTS, an event, or a list of these. */
final class FailedIds {

    private FailedIds() {}

    static List<Long> of(Message message) {
        var body = message.getBody();
        var ids = new ArrayList<Long>();
        if (body instanceof Iterable<?> items) {
            items.forEach(item -> ids.add(id(message, item)));
        } else {
            ids.add(id(message, body));
        }
        return ids;
    }

    private static Long id(Message message, Object item) {
        if (item instanceof Event event) {
            return event.id();
        }
        var value = item instanceof Map<?, ?> row ? row.get("ev_id") : item;
        var id = message.getExchange().getContext().getTypeConverter().tryConvertTo(Long.class, value);
        if (id == null) {
            throw new IllegalArgumentException(
                    "The body names no failed events: it must be an event id, a row of FAILED_EVENTS, or a list of these");
        }
        return id;
    }
}
