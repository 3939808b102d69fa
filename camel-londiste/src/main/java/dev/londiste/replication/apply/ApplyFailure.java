package dev.londiste.replication.apply;

import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.jdbc.SqlErrors;
import java.sql.SQLException;
import java.util.Set;

/** The sentences of failed changes. */
public final class ApplyFailure {

    /** Data, integrity, triggered changes, syntax and access, check option, PL/pgSQL. */
    private static final Set<String> OF_THE_DATA = Set.of("22", "23", "27", "42", "44", "P0");

    private ApplyFailure() {}

    public static ApplyException of(Change change, SQLException e) {
        return of(change, e, SqlErrors.failure(e).getMessage());
    }

    public static ApplyException of(Change change, SQLException e, String message) {
        return new ApplyException(
                subject(change) + " failed on the subscriber with SQLSTATE " + e.getSQLState() + ": " + message,
                change,
                e.getSQLState(),
                e);
    }

    public static ApplyException rowCount(Change change, long rows) {
        return new ApplyException(
                subject(change) + " found " + (rows == 0 ? "no row" : rows + " rows")
                        + " on the subscriber where there should be one: both sides differ; compare and repair the"
                        + " table.",
                change,
                "P0002",
                null);
    }

    /** A constraint that waited for the end of the transaction fails with no row at hand. */
    public static ApplyException deferred(Change first, Change last, SQLException e) {
        return new ApplyException(
                "A deferred constraint failed with SQLSTATE " + e.getSQLState() + " after events " + first.eventId()
                        + " to " + last.eventId() + ": " + SqlErrors.failure(e).getMessage(),
                last,
                e.getSQLState(),
                e);
    }

    /** Whether changes themselves are refused, rather than time, locks, resources or the connection running out. */
    public static boolean isOfTheData(SQLException e) {
        var state = e.getSQLState();
        return state != null && OF_THE_DATA.contains(state.substring(0, 2));
    }

    /** Whether the row is refused, and not the table, its columns or our rights on it. */
    public static boolean isOfTheRow(String sqlState) {
        return sqlState != null && !sqlState.startsWith("42") && OF_THE_DATA.contains(sqlState.substring(0, 2));
    }

    private static String subject(Change change) {
        return change.operation() + " of table " + change.table() + " by event " + change.eventId();
    }
}
