package dev.londiste.replication.apply;

import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.change.Change.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    /** The changes with moves as updates. A delete whose transaction goes on is kept for the next call, if there is one. */
    List<Change> merge(List<Change> changes, boolean more) {
        var all = new ArrayList<>(carried);
        all.addAll(changes);
        carried = List.of();
        return all.stream().anyMatch(this::isDelete) ? merged(all, more) : all;
    }

    private boolean isDelete(Change change) {
        return change.operation() == Operation.DELETE && mayMove.test(change);
    }

    private List<Change> merged(List<Change> changes, boolean more) {
        var result = new ArrayList<Change>(changes.size());
        Map<Long, Change> waiting = new HashMap<>();
        for (var change : changes) {
            var before = waiting.remove(change.txid());
            if (before != null && follows(before, change)) {
                result.add(move(before, change));
                continue;
            }
            if (before != null) {
                result.add(before);
            }
            if (isDelete(change)) {
                waiting.put(change.txid(), change);
            } else {
                result.add(change);
            }
        }
        if (more) {
            carried = List.copyOf(waiting.values());
        } else {
            result.addAll(waiting.values());
        }
        return result;
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
