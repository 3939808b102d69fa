package dev.londiste.replication.apply;

import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.change.Change.Operation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A row that moves to another partition is captured as a delete and an insert. Applied so, the actions of foreign keys on
 * the subscriber would remove its children: here it becomes the update that it was (C06). The insert is the next thing its
 * transaction does; other transactions may come between, but none that touches the row, which stays locked.
 */
final class PartitionMoves {

    private final Predicate<Change> mayMove;
    private List<Change> carried = List.of();

    /** Moves are looked for among the deletes that satisfy {@code mayMove}. */
    PartitionMoves(Predicate<Change> mayMove) {
        this.mayMove = mayMove;
    }

    /**
     * The changes with moves as updates. A delete whose transaction may go on is kept for the next call, if there is one;
     * only once, so that what is kept stays bounded.
     *
     * @param next what comes after them; null at the end
     */
    List<Change> merge(List<Change> changes, Change next) {
        int known = carried.size();
        var all = new ArrayList<>(carried);
        all.addAll(changes);
        carried = List.of();
        return all.stream().anyMatch(this::isDelete) ? merged(all, known, next) : all;
    }

    /** Whether no delete is kept. */
    boolean isEmpty() {
        return carried.isEmpty();
    }

    /** Deletes that are kept of this table find no row any more. */
    void truncated(String table) {
        carried =
                carried.stream().filter(delete -> !delete.table().equals(table)).toList();
    }

    private boolean isDelete(Change change) {
        return change.operation() == Operation.DELETE && mayMove.test(change);
    }

    private List<Change> merged(List<Change> changes, int known, Change next) {
        var result = new ArrayList<Change>(changes.size());
        Map<Long, Integer> waiting = new HashMap<>();
        for (var change : changes) {
            var delete = waiting.remove(change.txid());
            if (delete != null && follows(result.get(delete), change)) {
                result.add(move(result.set(delete, null), change));
                continue;
            }
            if (isDelete(change)) {
                waiting.put(change.txid(), result.size());
            }
            result.add(change);
        }
        if (next != null) {
            waiting.values().removeIf(delete -> delete < known || isLast(result.get(delete), next));
            carry(result, new HashSet<>(waiting.values()));
        }
        result.removeIf(Objects::isNull);
        return result;
    }

    /** Whether TRUNCATE shows that the delete is no move: it is the next of its transaction, or had to wait for its end. */
    private static boolean isLast(Change delete, Change next) {
        return next.operation() == Operation.TRUNCATE
                && (next.txid() == delete.txid() || next.table().equals(delete.table()));
    }

    /** A delete behind which another transaction made the row again was the last of its own: it keeps its place. */
    private void carry(List<Change> changes, Set<Integer> deletes) {
        var kept = new ArrayDeque<Change>();
        var later = new HashSet<List<String>>();
        for (int i = changes.size() - 1; i >= 0 && kept.size() < deletes.size(); i--) {
            var change = changes.get(i);
            if (change != null && later.add(row(change)) && deletes.contains(i)) {
                kept.addFirst(changes.set(i, null));
            }
        }
        carried = List.copyOf(kept);
    }

    private static List<String> row(Change change) {
        var row = new ArrayList<>(List.of(change.table()));
        change.keyColumns().forEach(column -> row.add(change.row().value(column)));
        return row;
    }

    private static boolean follows(Change delete, Change change) {
        return change.operation() == Operation.INSERT && change.table().equals(delete.table());
    }

    private static Change move(Change delete, Change insert) {
        return new Change(
                insert.eventId(),
                insert.txid(),
                Operation.UPDATE,
                insert.table(),
                insert.keyColumns(),
                insert.row(),
                delete.row(),
                delete.row());
    }
}
