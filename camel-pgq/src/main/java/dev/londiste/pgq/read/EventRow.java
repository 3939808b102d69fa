package dev.londiste.pgq.read;

import dev.londiste.pgq.Event;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;

/** Reads events from rows of a batch query. */
final class EventRow {

    private static final int OVERHEAD = 100;

    private EventRow() {}

    static Event read(ResultSet row) throws SQLException {
        return new Event(
                row.getLong(1),
                row.getObject(2, OffsetDateTime.class).toInstant(),
                row.getLong(3),
                row.getInt(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                row.getString(9),
                row.getString(10));
    }

    static long chars(Event event) {
        return OVERHEAD
                + length(event.type())
                + length(event.data())
                + length(event.extra1())
                + length(event.extra2())
                + length(event.extra3())
                + length(event.extra4());
    }

    private static long length(String text) {
        return text == null ? 0 : text.length();
    }
}
