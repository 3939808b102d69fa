package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.sync.OpenTransaction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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

    private final DataSource database;
    private final String queue;
    private final Duration lockTimeout;

    public ProviderScripts(DataSource database, String queue, Duration lockTimeout) {
        this.database = database;
        this.queue = queue;
        this.lockTimeout = lockTimeout;
    }

    /** Runs a script here, and on every subscriber where its place among the changes is. A name is executed once. */
    public List<Map<String, Object>> execute(String name, String script) {
        if (name == null || script == null || name.isBlank() || script.isBlank()) {
            throw new PgqException(
                    "EXECUTE needs the name of the script and its text",
                    Facts.of(queue, null).sqlState("LD009"),
                    null);
        }
        var event = inTransaction(
                session -> session.first(EXECUTE, row -> row.getObject(1, Long.class), queue, name, script));
        return List.of(ResultRow.of("script_name", name, "event_id", event.orElse(null), "changed", event.isPresent()));
    }

    /** Renews key, columns and partitions of registered tables, after their definition changed. */
    public List<Map<String, Object>> refresh(TablePatterns tables) {
        return inTransaction(session -> Changes.rows(
                "table_name",
                tables.resolve(session.query(TABLES, row -> row.getString(1), queue)),
                table -> session.one(REFRESH, row -> row.getInt(1), queue, table) == 1));
    }

    /** Attaches a partition, and sends its rows; {@code bound} is SQL, as {@code for values from (1) to (10)}. */
    public List<Map<String, Object>> attach(String table, String partition, String bound) {
        return List.of(rowsSent(table, partition, ATTACH, queue, table, partition, bound));
    }

    /** Detaches a partition, and sends the removal of its rows. */
    public List<Map<String, Object>> detach(String table, String partition) {
        return List.of(rowsSent(table, partition, DETACH, queue, table, partition));
    }

    /** Drops a partition, and sends the removal of its rows. */
    public List<Map<String, Object>> drop(String table, String partition) {
        return List.of(rowsSent(table, partition, DROP, queue, table, partition));
    }

    private Map<String, Object> rowsSent(String table, String partition, String sql, Object... arguments) {
        long rows = inTransaction(session -> session.one(sql, row -> row.getLong(1), arguments));
        return ResultRow.of("table_name", table, "partition", partition, "rows_sent", rows, "changed", true);
    }

    private <T> T inTransaction(Function<JdbcSession, T> work) {
        T result;
        try (var transaction = OpenTransaction.readCommitted(database, lockTimeout)) {
            result = work.apply(transaction.session());
            transaction.commit();
        } catch (PgqException e) {
            throw Installation.explained(e, "provider", "PROVIDER_INSTALL");
        }
        new PgqQueue(database, queue).forceTick();
        return result;
    }
}
