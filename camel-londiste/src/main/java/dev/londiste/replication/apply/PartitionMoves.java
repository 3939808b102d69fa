package dev.londiste.replication.apply;

import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.change.Change.Operation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * A row that moves to another partition is captured as a delete and an insert. Applied so, the actions of foreign keys on
 * the subscriber would remove its children: here it becomes the update that it was (C06). The insert is the next thing its
 * transaction does; other transactions may come between, but none that touches the row, which stays locked. All changes keep
 * their order, but for the delete of a move, which goes where its insert is. Not thread-safe.
 */
final class PartitionMoves {

    /** Between delete and insert lie microseconds: as many changes of other transactions come in them at most. */
    private static final int BETWEEN = 1_000;

    private final Predicate<Change> mayMove;
    private List<Change> carried = List.of();

    /** Moves are looked for among the deletes that satisfy {@code mayMove}. */
    PartitionMoves(Predicate<Change> mayMove) {
        this.mayMove = mayMove;
    }

    /**
     * The changes with moves as updates. A delete near the end, whose transaction may go on, is kept for the next call, if
     * there is one, with all that follows it; no delete is kept twice.
     */
    List<Change> merge(List<Change> changes, boolean more) {
        int known = carried.size();
        var all = new ArrayList<>(carried);
        all.addAll(changes);
        carried = List.of();
        if (all.stream().noneMatch(this::isDelete)) {
            return all;
        }
        var waiting = mergeMoves(all);
        if (more) {
            int from = Math.max(known, all.size() - BETWEEN);
            waiting.stream()
                    .filter(delete -> delete >= from)
                    .min(Integer::compare)
                    .ifPresent(delete -> carry(all, delete));
        }
        all.removeIf(Objects::isNull);
        return all;
    }

    private boolean isDelete(Change change) {
        return change.operation() == Operation.DELETE && mayMove.test(change);
    }

    /** Leaves null where the delete of a move was; answers where the deletes are whose transactions have not gone on. */
    private Collection<Integer> mergeMoves(List<Change> changes) {
        Map<Long, Integer> waiting = new HashMap<>();
        for (int i = 0; i < changes.size(); i++) {
            var change = changes.get(i);
            var delete = waiting.remove(change.txid());
            if (delete != null && follows(changes.get(delete), change)) {
                changes.set(i, move(changes.set(delete, null), change));
            } else if (isDelete(change)) {
                waiting.put(change.txid(), i);
            }
        }
        return waiting.values();
    }

    private void carry(List<Change> changes, int from) {
        var tail = changes.subList(from, changes.size());
        carried = tail.stream().filter(Objects::nonNull).toList();
        tail.clear();
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
