package dev.londiste.replication.copy;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.jdbc.Identifiers;
import dev.londiste.pgq.jdbc.JdbcSession;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Which columns a copy carries, and in which format: those of the provider that the subscriber does not generate, by
 * name. Binary only if every type means the same on both sides. Immutable.
 */
record CopyColumns(List<String> names, boolean binary, boolean hasGenerated) {

    private static final String COLUMNS = """
            select column_name, type_name, is_generated, is_required, binary_format from londiste.copy_columns(?)
            """;

    static CopyColumns match(JdbcSession provider, String source, JdbcSession subscriber, String target, Facts facts) {
        var sources = columns(provider, source);
        var targets = columns(subscriber, target).stream().collect(Collectors.toMap(Column::name, Function.identity()));
        var carried = sources.stream()
                .filter(column -> isCarried(column, targets.get(column.name())))
                .toList();
        refuseMissing(carried, targets, target, facts);
        return new CopyColumns(
                carried.stream().map(Column::name).toList(),
                carried.stream().allMatch(column -> column.isBinaryEqual(targets.get(column.name()))),
                carried.stream().anyMatch(Column::generated));
    }

    private static boolean isCarried(Column source, Column target) {
        return target == null ? !source.generated() : !target.generated();
    }

    private static void refuseMissing(List<Column> carried, Map<String, Column> targets, String target, Facts facts) {
        var missing = carried.stream()
                .map(Column::name)
                .filter(name -> !targets.containsKey(name))
                .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            throw new PgqException(
                    "Table " + target + " of the subscriber lacks columns of the provider: " + missing,
                    facts.sqlState("LD003"),
                    null);
        }
    }

    private static List<Column> columns(JdbcSession session, String table) {
        return session.query(
                COLUMNS,
                row -> new Column(
                        row.getString("column_name"),
                        row.getString("type_name"),
                        row.getBoolean("is_generated"),
                        row.getBoolean("binary_format")),
                table);
    }

    /** Quoted names, joined by commas. */
    String list() {
        return names.stream().map(Identifiers::quote).collect(Collectors.joining(", "));
    }

    String format() {
        return binary ? "binary" : "text";
    }

    private record Column(String name, String type, boolean generated, boolean binaryFormat) {

        boolean isBinaryEqual(Column other) {
            return binaryFormat && other.binaryFormat && type.equals(other.type);
        }
    }
}
