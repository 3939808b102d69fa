package dev.londiste.pgq;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;

/** Reads ticks from rows of the functions of pgq_client. */
final class TickRow {

    private TickRow() {}

    static Tick read(ResultSet row) throws SQLException {
        return read(row, "tick_id", "tick_time", "tick_snapshot");
    }

    /** Null when the row has no tick. */
    static Tick read(ResultSet row, String id, String time, String snapshot) throws SQLException {
        var found = row.getObject(id, Long.class);
        return found == null
                ? null
                : new Tick(
                        found,
                        row.getObject(time, OffsetDateTime.class).toInstant(),
                        TxidSnapshot.parse(row.getString(snapshot)));
    }
}
