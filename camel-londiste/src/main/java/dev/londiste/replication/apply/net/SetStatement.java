package dev.londiste.replication.apply.net;

import dev.londiste.replication.apply.target.RowMapping;
import dev.londiste.replication.apply.target.RowMapping.Mapped;
import dev.londiste.replication.apply.target.TargetColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A statement that changes many rows of a table: values come as one array a column, unnested side by side. Immutable.
 *
 * @param columns the columns that the arrays fill, in their order
 */
public record SetStatement(String sql, List<TargetColumn> columns) {

    public static SetStatement delete(RowMapping mapping) {
        var columns = targets(mapping.key());
        return new SetStatement(
                "delete from " + mapping.table().reference() + " as t using " + unnest(columns) + where(columns, 0),
                columns);
    }

    /** Arrays: assigned columns first, then what finds the row. */
    public static SetStatement update(RowMapping mapping) {
        var set = targets(mapping.assigned());
        var found = new ArrayList<>(targets(mapping.key()));
        found.addAll(targets(mapping.guards()));
        var columns = Stream.concat(set.stream(), found.stream()).toList();
        var assignments = IntStream.range(0, set.size())
                .mapToObj(i -> set.get(i).quoted() + " = " + value(set.get(i), i))
                .collect(Collectors.joining(", "));
        return new SetStatement(
                "update " + mapping.table().reference() + " as t set " + assignments + " from " + unnest(columns)
                        + where(found, set.size()),
                columns);
    }

    public static SetStatement insert(RowMapping mapping) {
        var columns = targets(mapping.written());
        var values = IntStream.range(0, columns.size())
                .mapToObj(i -> value(columns.get(i), i))
                .collect(Collectors.joining(", "));
        return new SetStatement(
                "insert into " + mapping.table().name() + " (" + names(mapping) + ") overriding system value select "
                        + values + " from " + unnest(columns),
                columns);
    }

    /** COPY fills identity columns as given, like OVERRIDING SYSTEM VALUE. */
    public static String copy(RowMapping mapping) {
        return "copy " + mapping.table().name() + " (" + names(mapping) + ") from stdin";
    }

    private static String names(RowMapping mapping) {
        return targets(mapping.written()).stream().map(TargetColumn::quoted).collect(Collectors.joining(", "));
    }

    private static List<TargetColumn> targets(List<Mapped> columns) {
        return columns.stream().map(Mapped::column).toList();
    }

    private static String unnest(List<TargetColumn> columns) {
        var arrays = columns.stream()
                .map(column -> "?::" + (column.arrayType() == null ? "pg_catalog._text" : column.arrayType()))
                .collect(Collectors.joining(", "));
        var names = IntStream.range(0, columns.size()).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
        return "unnest(" + arrays + ") as s (" + names + ")";
    }

    /** An array cannot be an element of an array: it travels as text. */
    private static String value(TargetColumn column, int index) {
        return column.arrayType() == null ? "s.c" + index + "::" + column.type() : "s.c" + index;
    }

    private static String where(List<TargetColumn> found, int first) {
        return IntStream.range(0, found.size())
                .mapToObj(i -> "t." + found.get(i).quoted() + " " + found.get(i).equals() + " "
                        + value(found.get(i), first + i))
                .collect(Collectors.joining(" and ", " where ", ""));
    }
}
