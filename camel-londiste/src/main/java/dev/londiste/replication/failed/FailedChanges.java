package dev.londiste.replication.failed;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.change.Change.Operation;
import dev.londiste.pgq.change.ColumnNames;
import dev.londiste.pgq.change.Row;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.pgq.jdbc.JsonRows;
import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.apply.ApplyMode;
import dev.londiste.replication.apply.ApplyTarget;
import dev.londiste.replication.apply.ChangeApplier;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.OpenTransaction;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.sync.TableStates;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What a person does with the failed queue of a job. Thread-safe; each operation is one transaction of the subscriber, which
 * waits for a batch that is being applied, and the next batch waits for it.
 */
public final class FailedChanges {

    private static final String HOLD = """
            select 1 from londiste.completed where consumer_id = ? for update
            """;

    private static final String LIST = """
            select * from londiste.failed_events(?)
            """;

    private static final String LEFT = """
            select count(*) from londiste.failed_event where queue_name = ? and table_name = ?
            """;

    private static final String DISCARD = """
            select count(*) from londiste.take_failed_events(?, ?, ?)
            """;

    /** As many as fit into memory, one at least; none twice, although what fails again is kept again. */
    private static final String TAKE_PAGE = """
            with page as (
                select ev_id, sum(pg_catalog.octet_length(row_values::text)) over (order by ev_id rows unbounded preceding) as size,
                       row_number() over (order by ev_id) as number
                from (select ev_id, row_values from londiste.failed_event
                      where queue_name = ? and table_name = ? and ev_id > ? order by ev_id limit 2000) as next
            ), taken as (
                delete from londiste.failed_event
                where queue_name = ? and table_name = ? and ev_id in (select ev_id from page where size < 4000000 or number = 1)
                returning *
            )
            select * from taken order by ev_id
            """;

    private final Job job;

    public FailedChanges(Job job) {
        this.job = job;
    }

    /** What is kept of the tables that are selected: event, key and reason. */
    public List<Map<String, Object>> list(TablePatterns which) {
        return inTransaction(session -> {
            requireRegistered(new TableStates(job).all(session), which);
            return session.query(LIST, JsonRows::read, job.queue()).stream()
                    .filter(row -> which.select(row.get("table_name").toString()))
                    .toList();
        });
    }

    private void requireRegistered(List<SubscriberTable> tables, TablePatterns which) {
        which.requireRegistered(tables.stream().map(SubscriberTable::name).toList(), job.queue());
    }

    /** Applies what is kept, in order; what fails again stays, and what follows it. */
    public List<Map<String, Object>> retry(TablePatterns which) {
        return inTransaction(session -> selected(session, which).stream()
                .filter(SubscriberTable::isReplayed)
                .map(table -> retry(session, table))
                .toList());
    }

    private Map<String, Object> retry(JdbcSession session, SubscriberTable table) {
        var failed = new FailedEvents(session.connection(), job.queue(), Set.of(table.name()), List.of());
        var target = new ApplyTarget(
                table.name(),
                table.target(),
                table.fromPartitions(),
                table.attributes().onConflict());
        try (var applier = new ChangeApplier(session.connection(), ApplyMode.IN_ORDER, failed, target)) {
            long taken = 0;
            var page = takePage(session, table.name(), Long.MIN_VALUE);
            while (!page.isEmpty()) {
                taken += page.size();
                page.forEach(applier::apply);
                // The connection is the applier's until then.
                applier.flush();
                page = takePage(session, table.name(), page.get(page.size() - 1).eventId());
            }
            long left = session.one(LEFT, row -> row.getLong(1), job.queue(), table.name());
            return row(table.name(), "applied", taken - left, "failed", left);
        }
    }

    /** Forgets what is kept: of the tables that are selected, or one event of them. */
    public List<Map<String, Object>> discard(TablePatterns which, Long eventId) {
        return inTransaction(session -> selected(session, which).stream()
                .map(table -> row(
                        table.name(),
                        "discarded",
                        session.one(DISCARD, row -> row.getLong(1), job.queue(), table.name(), eventId)))
                .toList());
    }

    private List<SubscriberTable> selected(JdbcSession session, TablePatterns which) {
        session.query(HOLD, row -> true, job.consumer());
        var all = new TableStates(job).all(session);
        requireRegistered(all, which);
        var tables = all.stream().filter(table -> which.select(table.name())).toList();
        if (tables.isEmpty()) {
            throw new PgqException(
                    "No table of the subscriber is registered by that name",
                    job.facts().sqlState("LD005"),
                    null);
        }
        return tables.stream().filter(SubscriberTable::hasFailed).toList();
    }

    private List<Change> takePage(JdbcSession session, String table, long after) {
        return session.query(TAKE_PAGE, FailedChanges::change, job.queue(), table, after, job.queue(), table);
    }

    private static Change change(ResultSet row) throws SQLException {
        var keyColumns = texts(row.getArray("key_columns"));
        var oldKey = row.getArray("old_key");
        return new Change(
                row.getLong("ev_id"),
                row.getLong("ev_txid"),
                Operation.valueOf(row.getString("operation")),
                row.getString("table_name"),
                List.of(keyColumns),
                Row.of(ColumnNames.of(texts(row.getArray("row_columns"))), texts(row.getArray("row_values"))),
                oldKey == null ? null : Row.of(ColumnNames.of(keyColumns), texts(oldKey)),
                null);
    }

    private static String[] texts(Array array) throws SQLException {
        return (String[]) array.getArray();
    }

    private static Map<String, Object> row(String table, Object... namesAndValues) {
        var row = new LinkedHashMap<String, Object>();
        row.put("table_name", table);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            row.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return row;
    }

    private <T> T inTransaction(Function<JdbcSession, T> work) {
        try (var transaction = OpenTransaction.readCommitted(job.subscriber(), job.lockTimeout())) {
            T result = work.apply(transaction.session());
            transaction.commit();
            return result;
        }
    }
}
