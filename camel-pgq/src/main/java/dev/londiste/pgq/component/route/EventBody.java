package dev.londiste.pgq.component.route;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.component.BodyType;
import dev.londiste.pgq.component.JsonValues;

/** Makes the body of an exchange from its event. */
@FunctionalInterface
public interface EventBody {

    Object of(Event event);

    static EventBody of(BodyType type) {
        return switch (type) {
            case TEXT -> Event::data;
            case ROW -> event -> JsonValues.parse(event.data());
            case EVENT -> event -> event;
        };
    }
}
