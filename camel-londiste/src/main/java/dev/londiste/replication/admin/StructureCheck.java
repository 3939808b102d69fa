package dev.londiste.replication.admin;

import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.sync.TableAttributes;
import java.sql.Array;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a table of the subscriber can hold the rows of one of the provider: its columns, their types, and a unique key
 * for the provider's. Stateless; it reads in the transactions of the sessions given.
 */
final class StructureCheck {

    private static final String COLUMNS = """
            select column_name, type_name, is_generated, is_required, is_virtual from londiste.copy_columns(?)
            """;

    private static final String PROVIDER_KEY = """
            select key_columns from londiste.provider_get_table_list(?) where table_name = ?
            """;

    private static final String SUBSCRIBER_KEY = """
            select londiste.key_columns(londiste.table_oid(?), ?)
            """;

    private final String queue;
    private final JdbcSession provider;
    private final JdbcSession subscriber;

    StructureCheck(String queue, JdbcSession provider, JdbcSession subscriber) {
        this.queue = queue;
        this.provider = provider;
        this.subscriber = subscriber;
    }

    /** What keeps one table from being replicated into the other; empty when nothing does. */
    Optional<String> problem(String source, String target, TableAttributes attributes) {
        var differences = differences(columns(provider, source), columns(subscriber, target), attributes);
        return differences.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", differences));
    }

    /** A unique key for the provider's, LD002 when there is none. */
    void requireKey(String source, String target) {
        provider.first(PROVIDER_KEY, row -> texts(row.getArray(1)), queue, source)
                .ifPresent(columns ->
                        subscriber.query(SUBSCRIBER_KEY, row -> true, target, columns.toArray(String[]::new)));
    }

    private static List<String> texts(Array array) throws java.sql.SQLException {
        return array == null ? null : List.of((String[]) array.getArray());
    }

    private static List<String> differences(
            Map<String, Column> sources, Map<String, Column> targets, TableAttributes attributes) {
        var differences = new ArrayList<String>();
        sources.keySet().removeIf(name -> !attributes.carries(name));
        sources.forEach((name, source) -> {
            var target = targets.get(name);
            if (target == null) {
                // Events carry generated columns, too.
                differences.add("column " + name + " is missing");
            } else if (source.virtual() && !target.generated()) {
                differences.add(
                        "column " + name + " is virtual on the provider, whose events have no value of it: it has"
                                + " to be generated here, too");
            } else if (!target.generated()
                    && !attributes.expressions().containsKey(name)
                    && !target.type().equals(source.type())) {
                differences.add("column " + name + " is " + target.type() + " instead of " + source.type());
            }
        });
        targets.forEach((name, target) -> {
            if (!sources.containsKey(name) && target.required()) {
                differences.add("column " + name + " is NOT NULL, has no default and is not on the provider");
            }
        });
        return differences;
    }

    private static Map<String, Column> columns(JdbcSession session, String table) {
        var columns = new LinkedHashMap<String, Column>();
        session.query(
                COLUMNS,
                row -> columns.put(
                        row.getString("column_name"),
                        new Column(
                                row.getString("type_name"),
                                row.getBoolean("is_generated"),
                                row.getBoolean("is_required"),
                                row.getBoolean("is_virtual"))),
                table);
        return columns;
    }

    private record Column(String type, boolean generated, boolean required, boolean virtual) {}
}
