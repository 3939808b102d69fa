package dev.londiste.pgq.component.consume;

import dev.londiste.pgq.Event;

/** Makes the body of an exchange from its event. */
@FunctionalInterface
public interface EventBody {

    Object of(Event event);
}
