package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.pgq.jdbc.JsonRows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * Takes our triggers, functions and schemas out of a database, after naming what depends on them. Thread-safe; one
 * transaction, so that an error leaves everything as it was.
 */
public final class Uninstallation {

    private static final String DEPENDENTS = """
            select kind, object, detail from londiste.dependents()
            """;

    private static final String SCRIPT = """
            select londiste.uninstall_script()
            """;

    private final Side side;

    private Uninstallation(Side side) {
        this.side = side;
    }

    public static Uninstallation ofProvider(DataSource database, Duration lockTimeout) {
        return new Uninstallation(Side.provider(database, lockTimeout));
    }

    public static Uninstallation ofSubscriber(DataSource database, Duration lockTimeout) {
        return new Uninstallation(Side.subscriber(database, lockTimeout));
    }

    /** Refused with {@code force} unset while something depends on us. */
    public List<Map<String, Object>> run(boolean force) {
        if (new Installation(side).version().isEmpty()) {
            return changed(false);
        }
        return side.inTransaction(session -> {
            var dependents = dependents(session);
            if (!force && !dependents.isEmpty()) {
                throw new PgqException(
                        "The " + side.name() + " still uses Londiste: " + text(dependents)
                                + "; with force they are ended, and what copies put aside comes back",
                        Facts.NONE.sqlState("LD009"),
                        null);
            }
            script(session).forEach(session::execute);
            return changed(true);
        });
    }

    /** What depends on us, and the SQL that {@link #run} would run. */
    public List<Map<String, Object>> dryRun() {
        if (new Installation(side).version().isEmpty()) {
            return List.of();
        }
        return side.inTransaction(session -> {
            var rows = new ArrayList<>(dependents(session));
            rows.add(side.sql("begin;\n" + String.join(";\n", script(session)) + ";\ncommit;"));
            return rows;
        });
    }

    private static List<Map<String, Object>> dependents(JdbcSession session) {
        return session.query(DEPENDENTS, JsonRows::read);
    }

    private static List<String> script(JdbcSession session) {
        return session.query(SCRIPT, row -> row.getString(1));
    }

    private static String text(List<Map<String, Object>> dependents) {
        return dependents.stream()
                .map(row -> row.get("kind") + " " + row.get("object"))
                .collect(Collectors.joining(", "));
    }

    private List<Map<String, Object>> changed(boolean changed) {
        return List.of(ResultRow.of("object", side.name(), "changed", changed));
    }
}
