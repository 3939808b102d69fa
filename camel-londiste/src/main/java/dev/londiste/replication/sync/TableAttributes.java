package dev.londiste.replication.sync;

import dev.londiste.pgq.jdbc.Identifiers;
import dev.londiste.replication.apply.OnConflict;
import dev.londiste.replication.apply.OnFailure;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What is replicated of a table, and what becomes of changes that do not fit: as registered on the subscriber, read with
 * {@link TableStates#all}. Copy, catch-up, replay, compare and repair obey it alike. Immutable.
 *
 * <p>Filter and expressions are SQL over a row of the provider's table, which the provider evaluates in every case; there
 * they see the row's columns, and names outside pg_catalog are qualified: a query that uses them runs with search_path
 * pg_catalog.
 *
 * @param rowFilter only rows that satisfy it are replicated; null for all
 * @param columns only these are replicated, the key among them; empty for all
 * @param expressions what stands in for a column's own value, by column; never for a column of the key
 */
public record TableAttributes(
        String rowFilter,
        List<String> columns,
        Map<String, String> expressions,
        OnConflict onConflict,
        OnFailure onFailure) {

    /** The whole table, as it is. */
    public static final TableAttributes NONE =
            new TableAttributes(null, List.of(), Map.of(), OnConflict.STOP, OnFailure.STOP);

    public TableAttributes {
        columns = List.copyOf(columns);
        expressions = Map.copyOf(expressions);
    }

    static TableAttributes read(ResultSet row) throws SQLException {
        var onConflict = row.getString("on_conflict");
        var onFailure = row.getString("on_failure");
        return new TableAttributes(
                row.getString("row_filter"),
                texts(row.getArray("column_list")),
                map(texts(row.getArray("expression_columns")), texts(row.getArray("expressions"))),
                onConflict == null ? OnConflict.STOP : OnConflict.valueOf(onConflict),
                onFailure == null ? OnFailure.STOP : OnFailure.valueOf(onFailure));
    }

    static List<String> texts(Array array) throws SQLException {
        return array == null ? List.of() : List.of((String[]) array.getArray());
    }

    private static Map<String, String> map(List<String> keys, List<String> values) {
        var map = new LinkedHashMap<String, String>();
        IntStream.range(0, keys.size()).forEach(i -> map.put(keys.get(i), values.get(i)));
        return map;
    }

    /** Whether the subscriber has anything but the provider's rows as they are. */
    public boolean changesRows() {
        return rowFilter != null || !columns.isEmpty() || !expressions.isEmpty();
    }

    /** Whether a column of the provider is replicated. */
    public boolean carries(String column) {
        return columns.isEmpty() || columns.contains(column);
    }

    /** The SQL that gives a column's value in a query of the provider's table. */
    public String source(String column) {
        var expression = expressions.get(column);
        // The line break ends a comment at the end of the expression.
        return expression == null ? Identifiers.quote(column) : "(" + expression + "\n)";
    }

    /** The end of a query of the provider's table that is to have the replicated rows only: a WHERE clause, or nothing. */
    public String where() {
        return rowFilter == null ? "" : " where (" + rowFilter + "\n)";
    }
}
