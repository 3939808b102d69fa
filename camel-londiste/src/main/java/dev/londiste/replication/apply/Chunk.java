package dev.londiste.replication.apply;

import dev.londiste.pgq.change.Change;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes that go to the database together: bounded in number and in memory. The more there are, the more of them concern
 * rows that another of them changes again, and the less is left to do.
 */
final class Chunk {

    private static final int MAX_CHANGES = 60_000;
    /** Three may be in memory: one that is filled, one that is applied, and while constraints wait the one before. */
    private static final int MAX_WEIGHT = (int) clamp(Runtime.getRuntime().maxMemory() / 32, 8 << 20, 32 << 20);
    /** So that the database begins early. */
    private static final int FIRST = 2_000;
    /** So that it goes on early; {@link PartitionMoves} looks as far ahead as the next chunk reaches. */
    private static final int GROWTH = 10;

    private final int maxChanges;
    private final List<Change> changes = new ArrayList<>();
    private int weight;

    private Chunk(int maxChanges) {
        this.maxChanges = maxChanges;
    }

    /** The first of a transaction. */
    static Chunk first() {
        return new Chunk(FIRST);
    }

    /** The one after this. */
    Chunk next() {
        return new Chunk(Math.min(GROWTH * maxChanges, MAX_CHANGES));
    }

    private static long clamp(long value, long least, long most) {
        return Math.max(least, Math.min(value, most));
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
