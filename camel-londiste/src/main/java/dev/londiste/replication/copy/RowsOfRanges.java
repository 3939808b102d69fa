package dev.londiste.replication.copy;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.TxidSnapshot;
import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.change.Change.Operation;
import dev.londiste.pgq.change.ChangeDecoder;
import dev.londiste.pgq.change.Row;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.apply.ChangeSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * A table whose ranges were read by several snapshots (C23). Each change is judged by the snapshot of the range that its
 * key is in. One that moves a row from a range that lacks the change to a range that has it is a delete there; the other
 * way round it is an insert; a TRUNCATE empties the ranges that do not see it. What is left for one range is the history
 * of its keys since its snapshot, with nothing missing and nothing twice. Not thread-safe.
 */
final class RowsOfRanges implements CopiedRows {

    private final CopyRanges ranges;
    private final List<String> keyColumns;
    private final Map<Integer, TxidSnapshot> snapshots;
    private final Jdbc subscriber;
    private final ChangeDecoder decoder = new ChangeDecoder();

    /** Asks for the ranges of keys beside the transaction that applies: the applier may be at work there. */
    RowsOfRanges(RangePlan plan, CopyRanges ranges, DataSource subscriber) {
        this.ranges = ranges;
        this.keyColumns = plan.key().columns();
        this.snapshots = plan.ranges().stream().collect(Collectors.toMap(KeyRange::nr, KeyRange::snapshot));
        this.subscriber = new Jdbc(subscriber);
    }

    @Override
    public boolean isOfOneSnapshot() {
        return false;
    }

    @Override
    public void apply(List<Event> events, ChangeSink applier, JdbcSession session) {
        var changes = events.stream().map(decoder::require).toList();
        var lacking = new Judge(changes);
        for (var change : changes) {
            if (change.operation() == Operation.TRUNCATE) {
                truncate(change, applier, session);
            } else {
                lacking.of(change).forEach(applier::apply);
            }
        }
    }

    private void truncate(Change change, ChangeSink applier, JdbcSession session) {
        var unseen = snapshots.entrySet().stream()
                .filter(range -> !range.getValue().isVisible(change.txid()))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        if (unseen.size() == snapshots.size()) {
            applier.apply(change);
        } else if (!unseen.isEmpty()) {
            applier.flush();
            unseen.forEach(range -> ranges.empty(session, range));
        }
    }

    /** Knows the ranges of all keys of some changes: new keys and old ones, by one question. */
    private final class Judge {

        private final int[] found;
        private int next;

        Judge(List<Change> changes) {
            var keys = new ArrayList<String>();
            for (var change : changes) {
                if (change.operation() != Operation.TRUNCATE) {
                    add(keys, change.row());
                    add(keys, change.oldKey());
                }
            }
            found = keys.isEmpty() ? new int[0] : subscriber.inAutoCommit(session -> ranges.of(session, keys));
        }

        private void add(List<String> keys, Row row) {
            if (row != null) {
                keyColumns.forEach(column -> keys.add(row.value(column)));
            }
        }

        /** What is left of the change; asked in the order of the changes. */
        List<Change> of(Change change) {
            boolean lacksNew = lacks(change);
            boolean lacksOld = change.oldKey() == null ? lacksNew : lacks(change);
            if (lacksNew == lacksOld) {
                return lacksNew ? List.of(change) : List.of();
            }
            return List.of(lacksOld ? leave(change) : arrive(change));
        }

        private boolean lacks(Change change) {
            return !snapshots.get(found[next++]).isVisible(change.txid());
        }
    }

    private static Change leave(Change change) {
        var before = change.oldRow() == null ? change.oldKey() : change.oldRow();
        return as(Operation.DELETE, change, before);
    }

    private static Change arrive(Change change) {
        return as(Operation.INSERT, change, change.row());
    }

    private static Change as(Operation operation, Change change, Row row) {
        return new Change(
                change.eventId(), change.txid(), operation, change.table(), change.keyColumns(), row, null, null);
    }
}
