package dev.londiste.pgq.component.produce;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.NewEvent;
import dev.londiste.pgq.component.CarriedHeaders;
import dev.londiste.pgq.component.JsonValues;
import dev.londiste.pgq.component.PgqConfiguration;
import dev.londiste.pgq.component.PgqConstants;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Message;
import org.apache.camel.TypeConversionException;

/** What a message wants to have inserted: headers win over options, and both over what an event in the body says. Immutable. */
final class EventsOfMessage {

    private final PgqConfiguration configuration;
    private final CarriedHeaders carried;

    EventsOfMessage(PgqConfiguration configuration) {
        this.configuration = configuration;
        this.carried = new CarriedHeaders(configuration.getCarryHeaders());
    }

    static boolean isMany(Object body) {
        return body instanceof Iterable<?>;
    }

    List<NewEvent> of(Message message) {
        var body = message.getBody();
        if (!isMany(body)) {
            return List.of(one(message, body));
        }
        var all = new ArrayList<NewEvent>();
        for (var item : (Iterable<?>) body) {
            all.add(one(message, item));
        }
        return all;
    }

    private NewEvent one(Message message, Object item) {
        var event = item instanceof Event known ? known : null;
        return new NewEvent(
                part(
                        message,
                        PgqConstants.EVENT_TYPE,
                        configuration.getEventType(),
                        event == null ? null : event.type()),
                event == null ? data(message, item) : event.data(),
                part(message, PgqConstants.EXTRA1, configuration.getExtra1(), event == null ? null : event.extra1()),
                part(message, PgqConstants.EXTRA2, configuration.getExtra2(), event == null ? null : event.extra2()),
                part(message, PgqConstants.EXTRA3, configuration.getExtra3(), event == null ? null : event.extra3()),
                extra4(message, event));
    }

    /** An event that is only moved keeps what it carries. */
    private String extra4(Message message, Event event) {
        var own = part(message, PgqConstants.EXTRA4, configuration.getExtra4(), event == null ? null : event.extra4());
        return own == null ? carried.write(message).orElse(null) : own;
    }

    private static String part(Message message, String header, String option, String own) {
        var value = message.getHeader(header, String.class);
        if (value != null) {
            return value;
        }
        return option == null ? own : option;
    }

    private static String data(Message message, Object item) {
        if (item == null) {
            return null;
        }
        if (item instanceof Map<?, ?> map) {
            return JsonValues.write(map);
        }
        var text = message.getExchange()
                .getContext()
                .getTypeConverter()
                .convertTo(String.class, message.getExchange(), item);
        if (text == null) {
            throw new TypeConversionException(
                    item,
                    String.class,
                    new IllegalArgumentException("An event's data is text: convert the body to a String first"));
        }
        return text;
    }
}
