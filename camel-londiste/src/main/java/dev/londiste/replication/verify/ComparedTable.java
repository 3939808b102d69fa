package dev.londiste.replication.verify;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.sync.TableAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What of a table both sides should have alike: the columns and rows that are replicated. Immutable.
 *
 * @param name {@code schema.table} on the provider
 * @param target {@code schema.table} on the subscriber
 * @param key names of the key's columns
 * @param filter which rows of the provider belong to the subscriber, as SQL; null for all
 * @param reference the subscriber's table as statements change it: children by plain inheritance are others
 * @param ownColumns whether the subscriber has columns that are not replicated
 */
record ComparedTable(
        String name,
        String target,
        String reference,
        List<ComparedColumn> columns,
        List<String> key,
        String filter,
        boolean ownColumns) {

    private static final String COLUMNS = """
            select column_name, type_name, is_generated, is_builtin, equals_schema from londiste.compared_columns(?)
            """;

    private static final String KEY = """
            select londiste.compared_key(?, ?)
            """;

    private static final String REFERENCE = """
            select case when relkind = 'p' then '' else 'only ' end from pg_catalog.pg_class where oid = londiste.table_oid(?)
            """;

    private static final String SHARERS = """
            select count(*) from londiste.subscriber_table where coalesce(dest_table, table_name) = ?
            """;

    static ComparedTable read(Job job, SubscriberTable table, JdbcSession provider, JdbcSession subscriber) {
        refuseShared(job, table, subscriber);
        // A generated column of the provider is not captured: what the subscriber makes of it is its own affair.
        var sources = columns(provider, table.name()).stream()
                .filter(column -> !column.generated() && table.attributes().carries(column.name()))
                .toList();
        var targets = columns(subscriber, table.target()).stream()
                .collect(Collectors.toMap(Column::name, Function.identity()));
        var compared = new ArrayList<ComparedColumn>();
        var missing = new ArrayList<String>();
        for (var source : sources) {
            var target = targets.get(source.name());
            if (target == null) {
                missing.add(source.name());
            } else if (!target.generated()) {
                compared.add(column(source, target, table.attributes()));
            }
        }
        if (!missing.isEmpty()) {
            throw refused(
                    job,
                    table,
                    "of the subscriber lacks columns of the provider: " + String.join(", ", missing),
                    "LD003");
        }
        var key = provider.one(KEY, row -> List.of((String[]) row.getArray(1).getArray()), job.queue(), table.name());
        long ownColumns =
                targets.values().stream().filter(column -> !column.generated()).count() - compared.size();
        var only = subscriber.one(REFERENCE, row -> row.getString(1), table.target());
        return new ComparedTable(
                table.name(),
                table.target(),
                only + table.quotedTarget(),
                compared,
                key,
                table.attributes().rowFilter(),
                ownColumns > 0);
    }

    /** Rows that another table brings would count as too many. */
    private static void refuseShared(Job job, SubscriberTable table, JdbcSession subscriber) {
        if (subscriber.one(SHARERS, row -> row.getInt(1), table.target()) > 1) {
            throw refused(
                    job,
                    table,
                    "goes into " + table.target()
                            + " of the subscriber beside another table, so what should be there cannot be told",
                    "LD009");
        }
    }

    private static List<Column> columns(JdbcSession session, String table) {
        return session.query(
                COLUMNS,
                row -> new Column(
                        row.getString("column_name"),
                        row.getString("type_name"),
                        row.getBoolean("is_generated"),
                        row.getBoolean("is_builtin"),
                        row.getString("equals_schema")),
                table);
    }

    private static ComparedColumn column(Column source, Column target, TableAttributes attributes) {
        var sql = attributes.source(source.name());
        if (attributes.expressions().containsKey(source.name())) {
            // As everywhere, the text of an expression is what the column gets.
            return new ComparedColumn(source.name(), "(" + sql + "::text" + cast(target) + ")", target.equalsSchema());
        }
        var value = source.type().equals(target.type()) ? sql : converted(sql, target);
        return new ComparedColumn(source.name(), value, target.equalsSchema());
    }

    /** The subscriber keeps the value in another type, which may write it in another way. */
    private static String converted(String sql, Column target) {
        return "case when num_nulls(" + sql + ") = 0 then concat(" + sql + ")" + cast(target) + " end";
    }

    /** To a type that the provider has, too. */
    private static String cast(Column target) {
        return target.builtin() ? "::" + target.type() : "";
    }

    private static PgqException refused(Job job, SubscriberTable table, String why, String sqlState) {
        return new PgqException(
                "Table " + table.name() + " " + why,
                job.facts().table(table.name()).sqlState(sqlState),
                null);
    }

    /** The subscriber's table as SQL. */
    String quotedTarget() {
        return SubscriberTable.quoted(target);
    }

    /** The columns of the key, in its order. */
    List<ComparedColumn> keyColumns() {
        return key.stream().map(name -> columns.get(position(name))).toList();
    }

    /** The key among values in the order of the columns. */
    List<String> keyOf(List<String> values) {
        return key.stream().map(name -> values.get(position(name))).toList();
    }

    private int position(String column) {
        return IntStream.range(0, columns.size())
                .filter(i -> columns.get(i).name().equals(column))
                .findFirst()
                .orElseThrow(() -> new PgqException(
                        "Table " + target + " of the subscriber has no column " + column + ", which is of the key"));
    }

    boolean isKey(ComparedColumn column) {
        return key.contains(column.name());
    }

    /** A key by the names of its columns. */
    Map<String, String> named(List<String> values) {
        var named = new LinkedHashMap<String, String>();
        for (int i = 0; i < key.size(); i++) {
            named.put(key.get(i), values.get(i));
        }
        return named;
    }

    private record Column(String name, String type, boolean generated, boolean builtin, String equalsSchema) {}
}
