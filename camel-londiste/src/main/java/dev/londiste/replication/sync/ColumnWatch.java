package dev.londiste.replication.sync;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.change.ColumnNames;
import dev.londiste.pgq.jdbc.JdbcSession;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Notices that a column of the provider's table is gone: events just come without it, and rows of the subscriber would keep
 * values that no one has (C01). A column that is new here is no such doubt: the applier refuses it if the subscriber's table
 * lacks it. Belongs to one batch; not thread-safe.
 */
final class ColumnWatch {

    private static final String TARGET_COLUMNS = """
            select column_name from londiste.copy_columns(?)
            """;

    private static final String LEARN = """
            update londiste.subscriber_table set source_columns = ? where queue_name = ? and table_name = ?
            """;

    private final Job job;
    private final Map<String, ColumnNames> seen = new HashMap<>();
    private final Map<String, ColumnNames> learned = new HashMap<>();

    ColumnWatch(Job job) {
        this.job = job;
    }

    /** The columns that earlier rows had and this one lacks, mostly none. It is what later rows are compared with. */
    List<String> lost(SubscriberTable table, Change change) {
        var before = seen.computeIfAbsent(
                table.name(), name -> ColumnNames.of(table.sourceColumns().toArray(String[]::new)));
        if (change.row() == null || change.row().columns().equals(before)) {
            return List.of();
        }
        var now = change.row().columns();
        seen.put(table.name(), now);
        learned.put(table.name(), now);
        return before.asList().stream()
                .filter(column -> now.indexOf(column) < 0)
                .toList();
    }

    /** Refuses a change without columns that the subscriber still has. */
    void refuseLost(JdbcSession session, SubscriberTable table, Change change, List<String> lost) {
        var here = session.query(TARGET_COLUMNS, row -> row.getString(1), table.target());
        var missed = lost.stream()
                .filter(table.attributes()::carries)
                .filter(here::contains)
                .toList();
        if (!missed.isEmpty()) {
            throw new PgqException(
                    "Event " + change.eventId() + " of table " + table.name() + " comes without column "
                            + String.join(", ", missed)
                            + ", which the provider's table had and the subscriber's still has: drop or rename it"
                            + " here, too",
                    job.facts().event(change.eventId()).table(table.name()).sqlState("LD003"),
                    null);
        }
    }

    /** What was learned belongs to the transaction of the batch. */
    void keep(JdbcSession session) {
        learned.forEach(
                (table, columns) -> session.update(LEARN, columns.asList().toArray(String[]::new), job.queue(), table));
    }
}
