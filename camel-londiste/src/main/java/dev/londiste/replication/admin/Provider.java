package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.pgq.jdbc.JsonRows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tables of a queue on the provider. Thread-safe; each operation is one transaction. */
public final class Provider {

    private static final Logger LOG = LoggerFactory.getLogger(Provider.class);

    private static final String WARNING = """
            select londiste.table_warning(?)
            """;

    private static final String CANDIDATES = """
            select table_name from londiste.replicable_tables()
            """;

    private static final String WITHOUT_KEY = """
            select table_name from londiste.tables_without_key(?, ?)
            """;

    private static final String ADD = """
            select londiste.provider_add_table(?, ?, ?, ?, ?)
            """;

    private static final String REMOVE = """
            select londiste.provider_remove_table(?, ?)
            """;

    private static final String TABLES = """
            select * from londiste.provider_get_table_list(?)
            """;

    private static final String DENY_WRITES = """
            select londiste.deny_writes(?, ?)
            """;

    private static final String FOLLOWED_BACK = """
            select londiste.followed_back(?)
            """;

    private static final String LINK_SOURCE = """
            select londiste.link_source(?)
            """;

    private static final String PROMOTE = """
            select londiste.promote_mirror(?)
            """;

    private final Side side;
    private final String queue;

    public Provider(DataSource database, String queue, Duration lockTimeout) {
        this.side = Side.provider(database, lockTimeout);
        this.queue = queue;
    }

    /** Installs our SQL and creates the queue. */
    public List<Map<String, Object>> install() {
        var installed = new Installation(side).install();
        boolean created = new PgqQueue(side.database(), queue)
                .lockTimeout(side.lockTimeout())
                .create();
        return List.of(installed, ResultRow.of("object", "queue", "queue_name", queue, "changed", created));
    }

    /** What {@link #install()} would run, for psql; it needs no database. */
    public List<Map<String, Object>> installScript() {
        return List.of(new Installation(side).script(), side.sql(PgqQueue.createScript(queue)));
    }

    /** Registers tables and makes their capture triggers; globs mean tables of the database that can be replicated. */
    public List<Map<String, Object>> add(TablePatterns tables, CaptureOptions options) {
        return add(tables, options, false);
    }

    /** As {@link #add(TablePatterns, CaptureOptions)}, or with {@code dryRun} the SQL that it would run. */
    public List<Map<String, Object>> add(TablePatterns tables, CaptureOptions options, boolean dryRun) {
        if (options.key() != null && tables.hasGlobs()) {
            throw refused("A key belongs to one table: name the table, without wildcards", "LD009");
        }
        return change(
                changes -> {
                    var names = tables.resolve(changes.session().query(CANDIDATES, row -> row.getString(1)));
                    if (options.key() == null) {
                        requireKeys(changes.session(), names);
                    }
                    return Changes.rows("table_name", names, name -> add(changes, name, options));
                },
                dryRun);
    }

    private boolean add(Changes changes, String table, CaptureOptions options) {
        changes.session()
                .first(WARNING, row -> row.getString(1), table)
                .ifPresent(warning -> LOG.warn("{} - {}", queue, warning));
        return changes.call(
                ADD,
                queue,
                table,
                options.key() == null ? null : options.key().toArray(String[]::new),
                options.capture(),
                options.backup());
    }

    /** All of them in one sentence: a person who adds many tables wants to know all that stands in the way. */
    private void requireKeys(JdbcSession session, Collection<String> names) {
        var without = session.query(WITHOUT_KEY, row -> row.getString(1), queue, names.toArray(String[]::new));
        if (!without.isEmpty()) {
            throw refused(
                    String.join(", ", without) + (without.size() == 1 ? " has" : " have")
                            + " no primary key; add one, or add the table with the columns of another unique key",
                    "LD002");
        }
    }

    /** Removes triggers and registration; the removal travels to the subscribers through the queue. */
    public List<Map<String, Object>> remove(TablePatterns tables, boolean dryRun) {
        return change(
                changes -> Changes.rows(
                        "table_name",
                        tables.resolve(tableNames(changes.session())),
                        name -> changes.call(REMOVE, queue, name)),
                dryRun);
    }

    public List<Map<String, Object>> tables() {
        return side.inTransaction(session -> session.query(TABLES, JsonRows::read, queue));
    }

    /** Guards captured tables against writes, or lifts the guard, also of a table that is captured no more. */
    public List<Map<String, Object>> denyWrites(TablePatterns tables, boolean deny) {
        return side.change(
                changes -> {
                    var captured = tableNames(changes.session());
                    var names = tables.resolve(captured);
                    if (deny) {
                        requireCaptured(tables.unknownAmong(captured));
                    } else {
                        requireNotReversed(changes.session(), names);
                    }
                    return Changes.rows("table_name", names, name -> changes.call(DENY_WRITES, name, deny));
                },
                false);
    }

    /** The guard would tell writers of a table that nobody replicates to write elsewhere. */
    private void requireCaptured(List<String> unknown) {
        if (!unknown.isEmpty()) {
            throw refused(
                    "Table " + String.join(", ", unknown) + " is not registered in queue " + queue
                            + " of the provider, so nobody would be told to write elsewhere; name a table of"
                            + " PROVIDER_TABLES",
                    "LD004");
        }
    }

    /** Both sides would write to the table, and each send its changes to the other. */
    private void requireNotReversed(JdbcSession session, Collection<String> names) {
        session.query(FOLLOWED_BACK, row -> row.getString(1), queue).stream()
                .filter(names::contains)
                .findFirst()
                .ifPresent(table -> {
                    throw refused(
                            "Table " + table + " follows its new provider already, so writes stay denied here; run"
                                    + " SWITCH_OVER again, which ends what is left, and write to the new provider",
                            "LD009");
                });
    }

    /** Makes a mirror a queue of its own; tables that are not in sync here are left out of it. */
    public List<Map<String, Object>> promote() {
        return change(
                changes -> {
                    var before = changes.session().first(LINK_SOURCE, row -> row.getString(1), queue);
                    var leftOut = tableNames(changes.session());
                    int tables = changes.one(PROMOTE, row -> row.getInt(1), queue);
                    leftOut.removeAll(tableNames(changes.session()));
                    return List.of(ResultRow.of(
                            "queue_name",
                            queue,
                            "tables_captured",
                            tables,
                            "tables_left_out",
                            leftOut,
                            "changed",
                            before.isPresent()));
                },
                false);
    }

    private List<String> tableNames(JdbcSession session) {
        return new ArrayList<>(session.query(TABLES, row -> row.getString("table_name"), queue));
    }

    private List<Map<String, Object>> change(Function<Changes, List<Map<String, Object>>> work, boolean dryRun) {
        return BothSides.ticked(side.change(work, dryRun), queue, side, dryRun);
    }

    private PgqException refused(String sentence, String sqlState) {
        return new PgqException(sentence, Facts.of(queue, null).sqlState(sqlState), null);
    }
}
