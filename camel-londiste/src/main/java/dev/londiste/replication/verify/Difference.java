package dev.londiste.replication.verify;

import java.util.List;

/**
 * A row that is not the same on both sides. Immutable.
 *
 * @param key texts of the key's columns
 * @param size about how many bytes its values take, both sides together
 */
record Difference(Kind kind, List<String> key, long size) {

    /** What the subscriber's row is. */
    enum Kind {
        /** Only the provider has it. */
        MISSING,
        /** Only the subscriber has it. */
        EXTRA,
        /** Its values differ. */
        CHANGED
    }

    static Difference missing(RowDigest row) {
        return new Difference(Kind.MISSING, row.key(), row.size());
    }

    static Difference extra(RowDigest row) {
        return new Difference(Kind.EXTRA, row.key(), row.size());
    }

    static Difference changed(RowDigest provider, RowDigest subscriber) {
        return new Difference(Kind.CHANGED, provider.key(), (long) provider.size() + subscriber.size());
    }
}
