package dev.londiste.pgq.change;

import java.util.Arrays;

/**
 * Values of a captured row as text, byte for byte as they were captured: a number keeps its digits, nested JSON its
 * spaces; null is SQL NULL. A column that is not among {@link #columns()} was not captured. Immutable, as long as the
 * array it was made of is left alone.
 */
public final class Row {

    private final ColumnNames columns;
    private final String[] values;

    /** Takes over the array. */
    public Row(ColumnNames columns, String[] values) {
        if (columns.size() != values.length) {
            throw new IllegalArgumentException(columns.size() + " columns but " + values.length + " values");
        }
        this.columns = columns;
        this.values = values;
    }

    public ColumnNames columns() {
        return columns;
    }

    public boolean has(String column) {
        return columns.indexOf(column) >= 0;
    }

    public String value(int index) {
        return values[index];
    }

    /** The value of a captured column; a column that was not captured is an error, not a null. */
    public String value(String column) {
        int index = columns.indexOf(column);
        if (index < 0) {
            throw new IllegalArgumentException("No column " + column + " in a row of " + columns);
        }
        return values[index];
    }

    /** About how many bytes it keeps in memory. */
    public int weight() {
        int weight = 40;
        for (var value : values) {
            weight += value == null ? 8 : 56 + value.length();
        }
        return weight;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Row that && columns.equals(that.columns) && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return 31 * columns.hashCode() + Arrays.hashCode(values);
    }

    /** Names the columns only: values may not be logged. */
    @Override
    public String toString() {
        return "Row[" + columns + "]";
    }
}
