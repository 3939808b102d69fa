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
                .mapToObj(i -> assignment(set.get(i), value(set.get(i), i)))
                .collect(Collectors.joining(", "));
        return new SetStatement(
                "update " + mapping.table().reference() + " as t set " + assignments + " from " + unnest(columns)
                        + where(found, set.size()),
                columns);
    }

    /** A text that stays what it is keeps what is stored: compressed or stored apart, it would be made and written anew. */
    private static String assignment(TargetColumn column, String value) {
        var here = "t." + column.quoted();
        return column.quoted() + " = "
                + (column.isText()
                        ? "case when " + here + " operator(pg_catalog.=) " + value + " collate pg_catalog.\"C\" then "
                                + here + " else " + value + " end"
                        : value);
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

    private static String names(RowMapping mapping) {
        return targets(mapping.written()).stream().map(TargetColumn::quoted).collect(Collectors.joining(", "));
    }

    private static List<TargetColumn> targets(List<Mapped> columns) {
        return columns.stream().map(Mapped::column).toList();
    }

    /** In a select list arrays are taken apart side by side; in FROM each would first be stored, value by value. */
    private static String unnest(List<TargetColumn> columns) {
        return IntStream.range(0, columns.size())
                .mapToObj(i -> "unnest(?::" + columns.get(i).sentAs() + ") as c" + i)
                .collect(Collectors.joining(", ", "(select ", ") as s"));
    }

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
