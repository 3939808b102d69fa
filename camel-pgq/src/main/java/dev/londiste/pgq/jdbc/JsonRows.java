package dev.londiste.pgq.jdbc;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.postgresql.util.PGInterval;
import org.postgresql.util.PGobject;

/** Rows as maps in column order whose values JSON knows: intervals are seconds, times ISO text in UTC, arrays lists. */
public final class JsonRows {

    private static final double SECONDS_PER_DAY = 86_400;

    private JsonRows() {}

    public static Map<String, Object> read(ResultSet row) throws SQLException {
        var columns = row.getMetaData();
        var values = new LinkedHashMap<String, Object>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            values.put(columns.getColumnLabel(i), value(row, i));
        }
        return values;
    }

    private static Object value(ResultSet row, int column) throws SQLException {
        var value = row.getObject(column);
        if (value instanceof PGInterval interval) {
            return seconds(interval);
        }
        if (value instanceof Timestamp) {
            return row.getObject(column, OffsetDateTime.class).toInstant().toString();
        }
        if (value instanceof Array array) {
            return Arrays.asList((Object[]) array.getArray());
        }
        return value instanceof PGobject other ? other.getValue() : value;
    }

    private static double seconds(PGInterval interval) {
        double days = interval.getYears() * 365.25 + interval.getMonths() * 30.0 + interval.getDays();
        return days * SECONDS_PER_DAY
                + interval.getHours() * 3600.0
                + interval.getMinutes() * 60.0
                + interval.getSeconds();
    }
}
