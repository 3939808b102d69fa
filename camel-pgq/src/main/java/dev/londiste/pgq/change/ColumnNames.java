package dev.londiste.pgq.change;

import java.util.Arrays;
import java.util.List;

/**
 * The columns of a captured row, in the order of the provider's table. Immutable; a decoder hands out one object for all
 * rows of the same shape, so that comparing shapes is mostly comparing references.
 */
public final class ColumnNames {

    private final String[] names;
    private final int hash;

    private ColumnNames(String[] names) {
        this.names = names;
        this.hash = Arrays.hashCode(names);
    }

    public static ColumnNames of(String... names) {
        return new ColumnNames(names.clone());
    }

    public int size() {
        return names.length;
    }

    public String name(int index) {
        return names[index];
    }

    /** Where a column is, or -1. */
    public int indexOf(String name) {
        for (int i = 0; i < names.length; i++) {
            if (names[i].equals(name)) {
                return i;
            }
        }
        return -1;
    }

    public List<String> asList() {
        return List.of(names);
    }

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof ColumnNames that && sameNames(that));
    }

    private boolean sameNames(ColumnNames that) {
        return hash == that.hash && Arrays.equals(names, that.names);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return String.join(",", names);
    }
}
