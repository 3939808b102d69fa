package dev.londiste.replication.copy;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.jdbc.Identifiers;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.sync.TableAttributes;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Which columns a copy carries, and in which format: those of the provider that are replicated and that the subscriber
 * does not generate, by name. Binary only if every type means the same on both sides. Immutable.
 */
record CopyColumns(List<Column> columns, TableAttributes attributes, boolean binary) {

    private static final String COLUMNS = """
            select column_name, type_name, is_generated, is_virtual, binary_format from londiste.copy_columns(?)
            """;

    static CopyColumns match(JdbcSession provider, JdbcSession subscriber, SubscriberTable table, Facts facts) {
        var attributes = table.attributes();
        var targets = columns(subscriber, table.target()).stream()
                .collect(Collectors.toMap(Column::name, Function.identity()));
        var carried = columns(provider, table.name()).stream()
                .filter(column -> attributes.carries(column.name()))
                .filter(column -> isCarried(targets.get(column.name())))
                .toList();
        refuseMissing(carried, targets, table.target(), facts);
        refuseVirtual(carried, table.target(), facts);
        boolean binary = attributes.expressions().isEmpty()
                && carried.stream().allMatch(column -> column.isBinaryEqual(targets.get(column.name())));
        return new CopyColumns(carried, attributes, binary);
    }

    /** What the subscriber lacks is not left out: events carry generated columns, too. */
    private static boolean isCarried(Column target) {
        return target == null || !target.generated();
    }

    private static void refuseMissing(List<Column> carried, Map<String, Column> targets, String target, Facts facts) {
        var missing = carried.stream()
                .map(Column::name)
                .filter(name -> !targets.containsKey(name))
                .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            throw new PgqException(
                    "Table " + target + " of the subscriber lacks columns of the provider: " + missing
                            + "; add them there, or name the columns to replicate with SUBSCRIBER_SET",
                    facts.sqlState("LD003"),
                    null);
        }
    }

    /** A copy would have their values, but the events that follow do not. */
    private static void refuseVirtual(List<Column> carried, String target, Facts facts) {
        var virtual = carried.stream().filter(Column::virtual).map(Column::name).collect(Collectors.joining(", "));
        if (!virtual.isEmpty()) {
            throw new PgqException(
                    "Columns of table " + target + " are virtual on the provider, whose events have no values of them: "
                            + virtual
                            + "; generate them on the subscriber, too, or name the columns to replicate with"
                            + " SUBSCRIBER_SET",
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
                        row.getBoolean("is_virtual"),
                        row.getBoolean("binary_format")),
                table);
    }

    /** Quoted names, joined by commas. */
    String list() {
        return columns.stream().map(column -> Identifiers.quote(column.name())).collect(Collectors.joining(", "));
    }

    /** What is read for them on the provider, joined by commas. */
    String sources() {
        return columns.stream().map(column -> attributes.source(column.name())).collect(Collectors.joining(", "));
    }

    /** Whether every column is one that COPY can read from a table itself. */
    boolean isPlain() {
        return !attributes.changesRows() && columns.stream().noneMatch(Column::generated);
    }

    String format() {
        return binary ? "binary" : "text";
    }

    String copyInto(String target) {
        return "copy " + CopySource.quoted(target) + " (" + list() + ") from stdin (format " + format() + ")";
    }

    /** Names, types and attributes: rows that were read in one shape do not go with rows of another. */
    String shape() {
        return columns.stream()
                        .map(column -> column.name() + " " + column.type())
                        .collect(Collectors.joining(", ")) + " as " + sources() + attributes.where();
    }

    record Column(String name, String type, boolean generated, boolean virtual, boolean binaryFormat) {

        private boolean isBinaryEqual(Column other) {
            return binaryFormat && other.binaryFormat && type.equals(other.type);
        }
    }
}
