package dev.londiste.replication.apply;

import dev.londiste.pgq.change.Change;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * TRUNCATE changes that wait for the others of their statement. It sends one for each table, and under load changes of
 * other transactions come between. Those concern other tables, for the statement holds its locks until its transaction
 * ends: they may as well come before all of its tables, or after. Not thread-safe.
 */
final class PendingTruncates {

    private final Function<Change, String> target;
    private final List<Change> pending = new ArrayList<>();
    /** Targets of the changes that came since the first. */
    private final Set<String> changed = new HashSet<>();

    /** Targets are told apart by {@code target}. */
    PendingTruncates(Function<Change, String> target) {
        this.target = target;
    }

    boolean isEmpty() {
        return pending.isEmpty();
    }

    void add(Change truncate) {
        pending.add(truncate);
    }

    /** Whether those that wait can go on waiting: the change is of another transaction and another table. */
    boolean letPass(Change change) {
        if (pending.isEmpty()) {
            return true;
        }
        var table = target.apply(change);
        for (var truncate : pending) {
            if (truncate.txid() == change.txid() || target.apply(truncate).equals(table)) {
                return false;
            }
        }
        changed.add(table);
        return true;
    }

    /** Whether this one empties a table that was changed since the first came. */
    boolean concernsChanged(Change truncate) {
        return changed.contains(target.apply(truncate));
    }

    /** Takes those out that are of the same transaction, and so may be of the same statement. */
    List<Change> takeOf(long txid) {
        var taken = pending.stream().filter(other -> other.txid() == txid).toList();
        pending.removeAll(taken);
        return taken;
    }

    /** Takes all out: those of each transaction go together. */
    List<List<Change>> take() {
        var byTransaction = new LinkedHashMap<Long, List<Change>>();
        pending.forEach(truncate -> byTransaction
                .computeIfAbsent(truncate.txid(), txid -> new ArrayList<>())
                .add(truncate));
        pending.clear();
        changed.clear();
        return List.copyOf(byTransaction.values());
    }
}
