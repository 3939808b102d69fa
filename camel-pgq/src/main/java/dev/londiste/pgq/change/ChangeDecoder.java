package dev.londiste.pgq.change;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.PgqException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns events of capture triggers into changes. It remembers the shapes of tables and is not thread-safe; one decoder
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
        var type = types.get(event.type());
        if (type == null) {
            type = EventType.parse(event.type());
            if (!type.isChange()) {
                return null;
            }
            types.put(event.type(), type);
        }
        return read(type, event);
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

    /** What ev_type says: {@code I:pk1,pk2}, {@code U:…}, {@code D:…}, {@code R}; no operation for any other event. */
    record EventType(Change.Operation operation, List<String> keyColumns) {

        static EventType parse(String type) {
            if (type.equals("R")) {
                return new EventType(Change.Operation.TRUNCATE, List.of());
            }
            if (type.length() < 3 || type.charAt(1) != ':') {
                return new EventType(null, List.of());
            }
            var operation =
                    switch (type.charAt(0)) {
                        case 'I' -> Change.Operation.INSERT;
                        case 'U' -> Change.Operation.UPDATE;
                        case 'D' -> Change.Operation.DELETE;
                        default -> null;
                    };
            return new EventType(operation, List.of(type.substring(2).split(",")));
        }

        boolean isChange() {
            return operation != null;
        }
    }
}
