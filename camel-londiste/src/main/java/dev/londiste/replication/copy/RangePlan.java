package dev.londiste.replication.copy;

import dev.londiste.pgq.TxidSnapshot;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * A table that is copied in ranges, as the subscriber knows it. Immutable.
 *
 * @param shape what is read of the provider's table
 * @param ranges in the order of their keys
 */
record RangePlan(CopyKey key, String shape, List<KeyRange> ranges) {

    List<KeyRange> missing() {
        return ranges.stream().filter(Predicate.not(KeyRange::isLoaded)).toList();
    }

    /** The snapshots of the ranges that are loaded, each once. */
    List<TxidSnapshot> snapshots() {
        return ranges.stream()
                .map(KeyRange::snapshot)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    /** The snapshot that sees whatever one of the others sees. */
    TxidSnapshot newest() {
        return snapshots().stream()
                .reduce((one, other) -> one.includes(other) ? one : other)
                .orElseThrow();
    }

    /** Whether ranges read by this snapshot go with those that are loaded: the same provider, later. */
    boolean mayContinueAt(TxidSnapshot snapshot) {
        return snapshots().stream().allMatch(snapshot::includes);
    }
}
