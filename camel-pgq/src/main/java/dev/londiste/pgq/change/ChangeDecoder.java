package dev.londiste.pgq.change;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.PgqException;
import java.util.HashMap;
import java.util.Map;

/**
 * Turns events of capture triggers into changes: those of our own triggers, and of the triggers logutriga, jsontriga,
 * sqltriga and logtriga of PgQ and SkyTools. It remembers the shapes of tables and is not thread-safe; one decoder
 * serves one reader for as long as it likes.
 */
public final class ChangeDecoder {

    private final Map<String, EventType> types = new HashMap<>();
    private final Map<String, CapturedTable> tables = new HashMap<>();

    /**
     * The change that an event tells, or null when the event is not about the rows of a table.
     *
     * @throws PgqException when the event claims to be a change but cannot be read; names event and table
     */
    public Change decode(Event event) {
        if (event.type() == null || event.extra1() == null) {
            return null;
        }
        var type = type(event);
        return type == null ? null : read(type, event);
    }

    /**
     * The change that an event of a captured table tells.
     *
     * @throws PgqException when it tells none, as one of a trigger that writes types of its own, or cannot be read; names
     *     event and table
     */
    public Change require(Event event) {
        var change = decode(event);
        if (change == null) {
            throw unreadable(
                    event,
                    "a capture trigger writes no such type unless it is told to; let it write its own, and let ev_extra1 of"
                            + " other events name no replicated table",
                    null);
        }
        return change;
    }

    /** Types of changes are few and remembered; those of other events are not ours to count. */
    private EventType type(Event event) {
        var known = types.get(event.type());
        if (known != null) {
            return known;
        }
        EventType type;
        try {
            type = EventType.parse(event.type());
        } catch (IllegalArgumentException notJson) {
            return null;
        }
        if (type != null) {
            types.put(event.type(), type);
        }
        return type;
    }

    private Change read(EventType type, Event event) {
        try {
            var table = tables.computeIfAbsent(event.extra1(), name -> new CapturedTable());
            return table.change(type, event);
        } catch (IllegalArgumentException e) {
            throw unreadable(event, e.getMessage(), e);
        }
    }

    private static PgqException unreadable(Event event, String why, Throwable cause) {
        return new PgqException(
                "Event " + event.id() + " of type " + event.type() + " for table " + event.extra1()
                        + " cannot be read: " + why + ".",
                PgqException.Facts.NONE.event(event.id()).table(event.extra1()),
                cause);
    }
}
