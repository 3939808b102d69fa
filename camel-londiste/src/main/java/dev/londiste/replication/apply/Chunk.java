package dev.londiste.replication.apply;

import dev.londiste.pgq.change.Change;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Changes that go to the database together: bounded in number and in memory, each table's rows of one shape. */
final class Chunk {

    private static final int MAX_CHANGES = 20_000;
    private static final int MAX_WEIGHT = 16 << 20;

    private final List<Change> changes = new ArrayList<>();
    private final Map<String, Change> firsts = new HashMap<>();
    private int weight;

    /** Takes the change, unless it belongs into a chunk of its own. */
    boolean offer(Change change) {
        int added = change.weight();
        var first = firsts.get(change.table());
        boolean sameShape = first == null || sameShape(first, change);
        if (!isEmpty() && (!sameShape || changes.size() >= MAX_CHANGES || added > MAX_WEIGHT - weight)) {
            return false;
        }
        if (first == null) {
            firsts.put(change.table(), change);
        }
        changes.add(change);
        weight = Math.max(weight + added, weight);
        return true;
    }

    private static boolean sameShape(Change first, Change change) {
        return first.row().columns().equals(change.row().columns())
                && first.keyColumns().equals(change.keyColumns());
    }

    boolean isEmpty() {
        return changes.isEmpty();
    }

    Change first() {
        return changes.get(0);
    }

    Change last() {
        return changes.get(changes.size() - 1);
    }

    List<Change> changes() {
        return changes;
    }
}
