package dev.londiste.replication.copy;

import java.util.List;

/**
 * The key by which a table is read in ranges: one whose order is the same on both servers. Immutable.
 *
 * @param types of its columns, by the names of their types on the provider
 */
record CopyKey(List<String> columns, List<String> types) {

    String[] columnArray() {
        return columns.toArray(String[]::new);
    }

    String[] typeArray() {
        return types.toArray(String[]::new);
    }
}
