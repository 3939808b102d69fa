package dev.londiste.replication.apply;

import dev.londiste.pgq.change.Change;
import java.util.List;

/**
 * Where changes go that the subscriber refuses, for tables that go on without them. What it keeps belongs to the applier's
 * transaction. Not thread-safe.
 */
public interface FailedQueue {

    /** Keeps nothing: every failure stops. */
    FailedQueue NONE = new FailedQueue() {
        @Override
        public boolean isOf(String table) {
            return false;
        }

        @Override
        public List<FailedKey> keys() {
            return List.of();
        }

        @Override
        public void keep(Change change, String sqlState, String reason) {
            throw new IllegalStateException("A failure of " + change + " is not to be kept");
        }

        @Override
        public long discard(String table) {
            return 0;
        }
    };

    /** Whether a table goes on without changes that are refused. */
    boolean isOf(String table);

    /** The keys of what it keeps already. */
    List<FailedKey> keys();

    /** Keeps a change; {@code sqlState} is null for one that only follows another of its key. */
    void keep(Change change, String sqlState, String reason);

    /** Forgets what it keeps of a table; answers how many changes these were. */
    long discard(String table);

    /**
     * A key that later changes must not overtake.
     *
     * @param values as captured, in the order of the key columns
     */
    record FailedKey(String table, List<String> values) {}
}
