package dev.londiste.pgq.change;

import java.util.Objects;

/**
 * Values of a captured row as text, byte for byte as they were captured: a number keeps its digits, nested JSON its
 * spaces; null is SQL NULL. A column that is not among {@link #columns()} was not captured. Immutable.
 */
public abstract sealed class Row permits RowOfJson, RowOfValues {

    private final ColumnNames columns;

    Row(ColumnNames columns) {
        this.columns = columns;
    }

    /** A row of these values, one a column. Takes over the array. */
    public static Row of(ColumnNames columns, String... values) {
        return new RowOfValues(columns, values);
    }

    public ColumnNames columns() {
        return columns;
    }

    public boolean has(String column) {
        return columns.indexOf(column) >= 0;
    }

    public abstract String value(int index);

    /** Whether a value is null, without making it. */
    abstract boolean isNull(int index);

    /** The value of a captured column; a column that was not captured is an error, not a null. */
    public String value(String column) {
        int index = columns.indexOf(column);
        if (index < 0) {
            throw new IllegalArgumentException("No column " + column + " in a row of " + columns);
        }
        return value(index);
    }

    /** About how many bytes it keeps in memory. */
    public abstract int weight();

    @Override
    public boolean equals(Object other) {
        return other instanceof Row that && columns.equals(that.columns) && hasValuesOf(that);
    }

    private boolean hasValuesOf(Row that) {
        for (int i = 0; i < columns.size(); i++) {
            if (!Objects.equals(value(i), that.value(i))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int hash = columns.hashCode();
        for (int i = 0; i < columns.size(); i++) {
            hash = 31 * hash + Objects.hashCode(value(i));
        }
        return hash;
    }

    /** Names the columns only: values may not be logged. */
    @Override
    public String toString() {
        return "Row[" + columns + "]";
    }
}
