package dev.londiste.replication.apply;

import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.change.ColumnNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Changes that go to the database together: bounded in number and in memory, each table's rows of one shape. */
final class Chunk {

    private static final int MAX_CHANGES = 20_000;
    private static final int MAX_WEIGHT = 16 << 20;

    private final List<Change> changes = new ArrayList<>();
    private final Map<String, ColumnNames> shapes = new HashMap<>();
    private int weight;

    /** Takes the change, unless it belongs into a chunk of its own. */
    boolean offer(Change change) {
        int added = change.weight();
        var shape = shapes.get(change.table());
        boolean sameShape = shape == null || shape.equals(change.row().columns());
        if (!isEmpty() && (!sameShape || changes.size() >= MAX_CHANGES || added > MAX_WEIGHT - weight)) {
            return false;
        }
        if (shape == null) {
            shapes.put(change.table(), change.row().columns());
        }
        changes.add(change);
        weight = Math.max(weight + added, weight);
        return true;
    }

    boolean isEmpty() {
        return changes.isEmpty();
    }

    Change last() {
        return changes.get(changes.size() - 1);
    }

    List<Change> changes() {
        return changes;
    }
}
