package dev.londiste.pgq;

import dev.londiste.pgq.jdbc.JdbcSession;
import java.util.List;
import java.util.function.Function;

/** An event to be inserted; every part may be null. Immutable. */
public record NewEvent(String type, String data, String extra1, String extra2, String extra3, String extra4) {

    private static final String INSERT = """
            select pgq.insert_event(?, e.type, e.data, e.extra1, e.extra2, e.extra3, e.extra4)
            from unnest(?, ?, ?, ?, ?, ?) as e(type, data, extra1, extra2, extra3, extra4)
            """;

    public NewEvent(String type, String data) {
        this(type, data, null, null, null, null);
    }

    static List<Long> insert(JdbcSession session, String queue, List<NewEvent> events) {
        return session.query(
                INSERT,
                row -> row.getLong(1),
                queue,
                column(events, NewEvent::type),
                column(events, NewEvent::data),
                column(events, NewEvent::extra1),
                column(events, NewEvent::extra2),
                column(events, NewEvent::extra3),
                column(events, NewEvent::extra4));
    }

    private static String[] column(List<NewEvent> events, Function<NewEvent, String> part) {
        return events.stream().map(part).toArray(String[]::new);
    }

    /** Names the event without its content, which may not be logged. */
    @Override
    public String toString() {
        return "NewEvent[type=" + type + "]";
    }
}
