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
            throw new PgqException(
                    "Event " + event.id() + " of type " + event.type() + " for table " + event.extra1()
                            + " cannot be read: " + e.getMessage() + ".",
                    PgqException.Facts.NONE.event(event.id()).table(event.extra1()),
                    e);
        }
    }
}
