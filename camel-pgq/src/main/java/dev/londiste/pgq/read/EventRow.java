package dev.londiste.pgq.read;

import dev.londiste.pgq.Event;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Objects;

/**
 * Reads events from rows of a batch query. Events of one transaction have one time, and mostly one type and table: each is
 * kept from event to event rather than read or stored anew. Not thread-safe; one serves one connection.
 */
final class EventRow {

    private static final int OVERHEAD = 100;

    private String timeText;
    private Instant time;
    private String type;
    private String table;

    Event read(ResultSet row) throws SQLException {
        type = kept(type, row.getString(5));
        table = kept(table, row.getString(7));
        return new Event(
                row.getLong(1),
                time(row),
                row.getLong(3),
                row.getInt(4),
                type,
                row.getString(6),
                table,
                row.getString(8),
                row.getString(9),
                row.getString(10));
    }

    private Instant time(ResultSet row) throws SQLException {
        var text = row.getString(2);
        if (!text.equals(timeText)) {
            timeText = text;
            time = row.getObject(2, OffsetDateTime.class).toInstant();
        }
        return time;
    }

    private static String kept(String last, String next) {
        return Objects.equals(last, next) ? last : next;
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
