package dev.londiste.replication.apply;

import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.jdbc.SqlErrors;
import java.sql.SQLException;

/** The sentences of failed changes. */
final class ApplyFailure {

    private ApplyFailure() {}

    static ApplyException of(Change change, SQLException e) {
        return new ApplyException(
                subject(change) + " failed on the subscriber with SQLSTATE " + e.getSQLState() + ": "
                        + SqlErrors.failure(e).getMessage(),
                change,
                e.getSQLState(),
                e);
    }

    static ApplyException rowCount(Change change, int rows) {
        return new ApplyException(
                subject(change) + " found " + (rows == 0 ? "no row" : rows + " rows")
                        + " on the subscriber where there should be one: both sides differ; compare and repair the table.",
                change,
                "P0002",
                null);
    }

    private static String subject(Change change) {
        return change.operation() + " of table " + change.table() + " by event " + change.eventId();
    }
}
