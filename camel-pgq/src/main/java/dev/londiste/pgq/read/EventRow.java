package dev.londiste.pgq.read;

import dev.londiste.pgq.Event;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;

/**
 * Reads events from rows of a batch query. Events of one transaction have one time, and mostly one type and table: each is
 * kept from event to event rather than read or stored anew. Not thread-safe; one serves one connection.
 */
final class EventRow {

    private static final int OVERHEAD = 100;

    private final LastBytes timeBytes = new LastBytes();
    private final LastBytes typeBytes = new LastBytes();
    private final LastBytes tableBytes = new LastBytes();
    private Instant time;
    private String type;
    private String table;

    Event read(ResultSet row) throws SQLException {
        if (timeBytes.areOthers(row.getBytes(2))) {
            time = row.getObject(2, OffsetDateTime.class).toInstant();
        }
        if (typeBytes.areOthers(row.getBytes(5))) {
            type = row.getString(5);
        }
        if (tableBytes.areOthers(row.getBytes(7))) {
            table = row.getString(7);
        }
        return new Event(
                row.getLong(1),
                time,
                row.getLong(3),
                row.getInt(4),
                type,
                row.getString(6),
                table,
                row.getString(8),
                row.getString(9),
                row.getString(10));
    }

    /** What a column had in the row before, as it came: comparing costs less than decoding. */
    private static final class LastBytes {

        private byte[] bytes;

        boolean areOthers(byte[] next) {
            boolean others = !Arrays.equals(bytes, next);
            bytes = next;
            return others;
        }
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
