package dev.londiste.replication.verify;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.pgq.jdbc.JsonRows;
import dev.londiste.pgq.jdbc.SqlErrors;
import java.sql.SQLException;
import java.util.Map;

/**
 * A query whose first row both sides should answer alike, as {@code compare_sql} of Londiste. Immutable.
 *
 * @param template SQL with {@code _TABLE_} in place of the table
 */
record ComparisonQuery(String template) {

    private static final String TABLE = "_TABLE_";

    /** Not prepared: a question mark is an operator of the caller's. */
    Map<String, Object> run(JdbcSession session, String quotedTable) {
        try (var statement = session.connection().createStatement();
                var rows = statement.executeQuery(template.replace(TABLE, quotedTable))) {
            if (!rows.next()) {
                throw new PgqException("The query that compares answers no row for table " + quotedTable);
            }
            return JsonRows.read(rows);
        } catch (SQLException e) {
            throw SqlErrors.failure(e);
        }
    }
}
