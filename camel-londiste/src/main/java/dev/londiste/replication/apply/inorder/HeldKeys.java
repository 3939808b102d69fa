package dev.londiste.replication.apply.inorder;

import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.change.Row;
import dev.londiste.replication.apply.ApplyException;
import dev.londiste.replication.apply.ApplyFailure;
import dev.londiste.replication.apply.FailedQueue;
import dev.londiste.replication.apply.FailedQueue.FailedKey;
import dev.londiste.replication.apply.target.RowMappings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Keeps changes of a key behind one that failed: once a change is in the failed queue, later ones of its key follow it
 * there (C32). Where keys may be equal although their texts are not, all later changes of the table follow. Not
 * thread-safe.
 */
public final class HeldKeys {

    private final FailedQueue queue;
    private final RowMappings mappings;
    private Set<FailedKey> keys;
    private final Set<String> tables = new HashSet<>();

    public HeldKeys(FailedQueue queue, RowMappings mappings) {
        this.queue = queue;
        this.mappings = mappings;
    }

    /** The changes that may be applied; the others have followed what they must not overtake. */
    public List<Change> passOver(List<Change> changes) {
        load();
        if (keys.isEmpty()) {
            return changes;
        }
        var free = new ArrayList<Change>(changes.size());
        for (var change : changes) {
            if (isHeld(change)) {
                queue.keep(change, null, "It follows an earlier change of its key.");
                hold(change);
            } else {
                free.add(change);
            }
        }
        return free;
    }

    private void load() {
        if (keys == null) {
            keys = new HashSet<>(queue.keys());
            keys.forEach(key -> tables.add(key.table()));
        }
    }

    private boolean isHeld(Change change) {
        if (!tables.contains(change.table())) {
            return false;
        }
        return !mappings.of(change).keysAreEqualAsText()
                || keys.contains(key(change, change.row()))
                || (change.oldKey() != null && keys.contains(key(change, change.oldKey())));
    }

    private void hold(Change change) {
        tables.add(change.table());
        keys.add(key(change, change.row()));
        if (change.oldKey() != null) {
            keys.add(key(change, change.oldKey()));
        }
    }

    private static FailedKey key(Change change, Row row) {
        return new FailedKey(
                change.table(), change.keyColumns().stream().map(row::value).toList());
    }

    /** Whether the table goes on without a change that fails like this. */
    public boolean takes(Change change, ApplyException failure) {
        return queue.isOf(change.table()) && ApplyFailure.isOfTheRow(failure.sqlState());
    }

    public void keep(Change change, ApplyException failure) {
        queue.keep(change, failure.sqlState(), failure.getMessage());
        hold(change);
    }

    /** The table is empty now: what waits for its keys has nothing left to change. */
    public void truncated(String table) {
        load();
        if (tables.remove(table)) {
            keys.removeIf(key -> key.table().equals(table));
            queue.discard(table);
        }
    }
}
