package dev.londiste.replication.copy;

import dev.londiste.pgq.TxidSnapshot;
import java.util.List;

/**
 * A range of a table's keys. Immutable.
 *
 * @param nr its number, in the order of the keys, from 1
 * @param lower its first key, column by column; null for the first range
 * @param upper the first key of the next range; null for the last
 * @param snapshot of the provider, by which it was loaded; null before
 */
record KeyRange(int nr, List<String> lower, List<String> upper, TxidSnapshot snapshot) {

    boolean isLoaded() {
        return snapshot != null;
    }
}
