package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.jdbc.JsonRows;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** What a person asks of the subscriber alone, without the provider. Thread-safe; each operation is one transaction. */
public final class SubscriberDatabase {

    private static final String TABLES = """
            select * from londiste.table_progress(?)
            """;

    private static final String FKEYS = """
            select * from londiste.subscriber_fkeys(?)
            """;

    private static final String TRIGGERS = """
            select * from londiste.subscriber_triggers(?)
            """;

    private static final String RESTORE_TRIGGERS = """
            select londiste.subscriber_restore_all_table_triggers(?)
            """;

    private static final String RESTORE_TRIGGER = """
            select londiste.subscriber_restore_table_trigger(?, ?)
            """;

    private static final String DENY_WRITES = """
            select londiste.deny_writes(?, ?)
            """;

    private final Side side;
    private final String queue;

    public SubscriberDatabase(DataSource database, String queue, Duration lockTimeout) {
        this.side = Side.subscriber(database, lockTimeout);
        this.queue = queue;
    }

    /** Installs our SQL. */
    public List<Map<String, Object>> install() {
        return List.of(new Installation(side).install());
    }

    /** What {@link #install()} would run, for psql; it needs no database. */
    public List<Map<String, Object>> installScript() {
        return List.of(new Installation(side).script());
    }

    /** The registered tables with their states, as the manual page shows them, and how far their copies are. */
    public List<Map<String, Object>> tables(TablePatterns which) {
        var rows = side.inTransaction(session -> session.query(TABLES, JsonRows::read, queue));
        which.requireRegistered(
                rows.stream().map(row -> row.get("table_name").toString()).toList(), queue);
        return rows.stream()
                .filter(row -> which.select(row.get("table_name").toString()))
                .toList();
    }

    /** Foreign keys of the registered tables; {@code state} is pending, active, or null for both. */
    public List<Map<String, Object>> fkeys(String state) {
        return ofState(FKEYS, state);
    }

    /** Triggers of the registered tables; {@code state} is pending, active, or null for both. */
    public List<Map<String, Object>> triggers(String state) {
        return ofState(TRIGGERS, state);
    }

    private List<Map<String, Object>> ofState(String sql, String state) {
        if (state != null && !state.equals("pending") && !state.equals("active")) {
            throw new PgqException(
                    "The type must be pending or active but is " + state, Facts.NONE.sqlState("LD009"), null);
        }
        return side.inTransaction(session -> session.query(sql, JsonRows::read, queue)).stream()
                .filter(row -> state == null || state.equals(row.get("state")))
                .toList();
    }

    /** Brings back triggers that were put aside: all of a table, or one when it is named. */
    public List<Map<String, Object>> restoreTriggers(TablePatterns tables, String trigger) {
        return side.change(
                changes -> Changes.rows(
                        "table_name",
                        tables.resolve(targets(changes)),
                        table -> trigger == null
                                ? changes.call(RESTORE_TRIGGERS, table)
                                : changes.call(RESTORE_TRIGGER, table, trigger)),
                false);
    }

    /** Guards tables against writes by others than the replay, or lifts the guard, also of a table that is registered no more. */
    public List<Map<String, Object>> denyWrites(TablePatterns tables, boolean deny, boolean dryRun) {
        return side.change(
                changes -> {
                    var targets = targets(changes);
                    if (deny) {
                        tables.requireRegistered(targets, queue);
                    }
                    return Changes.rows(
                            "table_name", tables.resolve(targets), table -> changes.call(DENY_WRITES, table, deny));
                },
                dryRun);
    }

    /** The tables as they are called here. */
    private List<String> targets(Changes changes) {
        return changes.session().query(TABLES, row -> row.getString("dest_table"), queue);
    }
}
