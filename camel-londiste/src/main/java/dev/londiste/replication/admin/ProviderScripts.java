package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;

/**
 * Changes of the definitions of captured tables: scripts that travel to the subscribers, partitions that come and go with
 * their rows, triggers renewed. Thread-safe; each operation is one transaction of the provider, and forces a tick.
 */
public final class ProviderScripts {

    private static final String EXECUTE = """
            select londiste.provider_execute(?, ?, ?)
            """;

    private static final String REFRESH = """
            select londiste.provider_refresh_trigger(?, ?)
            """;

    private static final String TABLES = """
            select table_name from londiste.provider_get_table_list(?)
            """;

    private static final String ATTACH = """
            select londiste.provider_attach_partition(?, ?, ?, ?)
            """;

    private static final String DETACH = """
            select londiste.provider_detach_partition(?, ?, ?)
            """;

    private static final String DROP = """
            select londiste.provider_drop_partition(?, ?, ?)
            """;

    private final Side side;
    private final String queue;

    public ProviderScripts(DataSource database, String queue, Duration lockTimeout) {
        this.side = Side.provider(database, lockTimeout);
        this.queue = queue;
    }

    /** Runs a script here, and on every subscriber where its place among the changes is. A name is executed once. */
    public List<Map<String, Object>> execute(String name, String script, boolean dryRun) {
        if (name == null || script == null || name.isBlank() || script.isBlank()) {
            throw new PgqException(
                    "EXECUTE needs the name of the script and its text",
                    Facts.of(queue, null).sqlState("LD009"),
                    null);
        }
        return change(
                changes -> {
                    var event = changes.one(
                            EXECUTE, row -> Optional.ofNullable(row.getObject(1, Long.class)), queue, name, script);
                    return List.of(ResultRow.of(
                            "script_name", name, "event_id", event.orElse(null), "changed", event.isPresent()));
                },
                dryRun);
    }

    /** Renews key, columns and partitions of registered tables, after their definition changed. */
    public List<Map<String, Object>> refresh(TablePatterns tables, boolean dryRun) {
        return change(
                changes -> Changes.rows(
                        "table_name",
                        tables.resolve(changes.session().query(TABLES, row -> row.getString(1), queue)),
                        table -> changes.call(REFRESH, queue, table)),
                dryRun);
    }

    /** Attaches a partition, and sends its rows; {@code bound} is SQL, as {@code for values from (1) to (10)}. */
    public List<Map<String, Object>> attach(String table, String partition, String bound, boolean dryRun) {
        return sendRows(table, partition, dryRun, ATTACH, queue, table, partition, bound);
    }

    /** Detaches a partition, and sends the removal of its rows. */
    public List<Map<String, Object>> detach(String table, String partition, boolean dryRun) {
        return sendRows(table, partition, dryRun, DETACH, queue, table, partition);
    }

    /** Drops a partition, and sends the removal of its rows. */
    public List<Map<String, Object>> drop(String table, String partition, boolean dryRun) {
        return sendRows(table, partition, dryRun, DROP, queue, table, partition);
    }

    private List<Map<String, Object>> sendRows(
            String table, String partition, boolean dryRun, String sql, Object... arguments) {
        return change(
                changes -> List.of(ResultRow.of(
                        "table_name",
                        table,
                        "partition",
                        partition,
                        "rows_sent",
                        changes.<Long>one(sql, row -> row.getLong(1), arguments),
                        "changed",
                        true)),
                dryRun);
    }

    private List<Map<String, Object>> change(Function<Changes, List<Map<String, Object>>> work, boolean dryRun) {
        return BothSides.ticked(side.change(work, dryRun), queue, side, dryRun);
    }
}
