package dev.londiste.replication.apply.target;

import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.change.ColumnNames;
import dev.londiste.pgq.change.Row;
import dev.londiste.replication.apply.ApplyException;
import dev.londiste.replication.apply.OnConflict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which captured value goes to which column of the target, for captured rows of one shape. Columns are matched by name;
 * generated columns are left out, columns that only the subscriber has keep their defaults. Immutable.
 *
 * @param written what an insert writes
 * @param key what finds the row
 * @param assigned what an update sets when the key stays: no key columns, for identity ALWAYS refuses even the same
 *     value (C33)
 * @param guards identity ALWAYS columns outside the key: an update cannot set them, so they must have the value already
 */
public record RowMapping(
        TargetTable table,
        ColumnNames columns,
        List<String> keyColumns,
        List<Mapped> written,
        List<Mapped> key,
        List<Mapped> assigned,
        List<Mapped> guards,
        OnConflict onConflict) {

    /** A target column and where its value is in the captured row. */
    public record Mapped(int index, TargetColumn column) {}

    /** Fails when the target lacks a captured column (C01): leaving it out would lose its values. */
    public static RowMapping of(TargetTable table, OnConflict onConflict, Change change) {
        var columns = change.row().columns();
        var written = new ArrayList<Mapped>();
        var assigned = new ArrayList<Mapped>();
        var guards = new ArrayList<Mapped>();
        for (int i = 0; i < columns.size(); i++) {
            var column = column(table, change, columns.name(i));
            if (column.generated()) {
                continue;
            }
            var mapped = new Mapped(i, column);
            written.add(mapped);
            if (!change.keyColumns().contains(column.name())) {
                (column.identityAlways() ? guards : assigned).add(mapped);
            }
        }
        return new RowMapping(
                table,
                columns,
                change.keyColumns(),
                List.copyOf(written),
                key(table, change),
                List.copyOf(assigned),
                List.copyOf(guards),
                onConflict);
    }

    private static List<Mapped> key(TargetTable table, Change change) {
        return change.keyColumns().stream()
                .map(name -> new Mapped(change.row().columns().indexOf(name), column(table, change, name)))
                .toList();
    }

    private static TargetColumn column(TargetTable table, Change change, String name) {
        var column = table.columns().get(name);
        if (column == null) {
            throw new ApplyException(
                    "Event " + change.eventId() + " has column " + name + ", which table " + table.name()
                            + " on the subscriber lacks; add the column there, or leave it out of the replication.",
                    change,
                    "LD003",
                    null);
        }
        return column;
    }

    /** One object for each shape: comparing all columns at each change would cost more than the change. */
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    public boolean fits(Change change) {
        return columns.equals(change.row().columns()) && keyColumns.equals(change.keyColumns());
    }

    /** Whether the subscriber has columns that no event fills: such a row survives only if it is updated in place. */
    public boolean hasOwnColumns() {
        return !ownColumns().isEmpty();
    }

    /** Columns of the subscriber that no event fills. */
    public List<TargetColumn> ownColumns() {
        return table.columns().values().stream()
                .filter(column -> !column.generated() && !captures(column))
                .toList();
    }

    private boolean captures(TargetColumn column) {
        return columns.indexOf(column.name()) >= 0;
    }

    /** Whether there is a key, and equal texts and equal keys are the same thing (C03). */
    public boolean keysAreEqualAsText() {
        return !key.isEmpty() && key.stream().allMatch(mapped -> mapped.column().keyText() == KeyText.AS_IT_IS);
    }

    /** Whether there is a key, and its texts tell which keys are equal, most of them at least (C03). */
    public boolean keysAreComparable() {
        return !key.isEmpty() && key.stream().allMatch(mapped -> mapped.column().keyText() != KeyText.UNKNOWN);
    }

    /** What two keys have in common exactly when they are equal; null when their texts do not tell. */
    public Object comparable(String[] ofKey) {
        if (ofKey.length == 1) {
            return key.get(0).column().keyText().comparable(ofKey[0]);
        }
        var texts = new String[ofKey.length];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = key.get(i).column().keyText().comparable(ofKey[i]);
            if (texts[i] == null) {
                return null;
            }
        }
        return Arrays.asList(texts);
    }

    /** The key of a captured row, in the order of the key columns. */
    public String[] keyOf(Row row) {
        var values = new String[key.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = row.value(key.get(i).index());
        }
        return values;
    }

    /** The values of an update as its statements take them: what is set, then what finds the row. */
    public List<Mapped> updateOrder() {
        return Stream.of(assigned, key, guards).flatMap(List::stream).toList();
    }

    /** The key that the row had before the change, in the order of the key columns. */
    public String[] keyBefore(Change change) {
        if (change.oldKey() == null) {
            return keyOf(change.row());
        }
        var values = new String[keyColumns.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = keyBefore(change, i);
        }
        return values;
    }

    /** One value of the key that the row had before the change. */
    public String keyBefore(Change change, int position) {
        return change.oldKey() == null
                ? change.row().value(key.get(position).index())
                : change.oldKey().value(keyColumns.get(position));
    }
}
