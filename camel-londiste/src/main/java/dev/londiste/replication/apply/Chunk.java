package dev.londiste.replication.apply;

import dev.londiste.pgq.change.Change;
import java.util.ArrayList;
import java.util.List;

/** Changes that go to the database together: bounded in number and in memory. */
final class Chunk {

    private static final int MAX_CHANGES = 20_000;
    private static final int MAX_WEIGHT = 8 << 20;
    /** So that the database begins early. */
    private static final int FIRST = 2_000;

    private final int maxChanges;
    private final List<Change> changes = new ArrayList<>();
    private int weight;

    private Chunk(int maxChanges) {
        this.maxChanges = maxChanges;
    }

    /** The first of a transaction. */
    static Chunk small() {
        return new Chunk(FIRST);
    }

    static Chunk full() {
        return new Chunk(MAX_CHANGES);
    }

    /** Takes the change, unless it belongs into the next chunk; an empty chunk takes any. */
    boolean offer(Change change) {
        int added = change.weight();
        if (!isEmpty() && (changes.size() >= maxChanges || added > MAX_WEIGHT - weight)) {
            return false;
        }
        changes.add(change);
        weight += added;
        return true;
    }

    boolean isEmpty() {
        return changes.isEmpty();
    }

    List<Change> changes() {
        return changes;
    }
}
