package dev.londiste.pgq.change;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.change.Change.Operation;
import java.util.List;

/** Reads the events of one table, whichever trigger wrote them. */
final class CapturedTable {

    private final CapturedJson json = new CapturedJson();
    private final JsonRowReader rows = new JsonRowReader();
    private final JsonRowReader oldRows = new JsonRowReader();

    Change change(EventType type, Event event) {
        if (type.operation() == Operation.TRUNCATE) {
            return change(event, type.operation(), List.of(), null, null, null);
        }
        if (event.data() == null) {
            throw new IllegalArgumentException("it has no row");
        }
        var change =
                switch (type.format()) {
                    case KEYED -> event.data().startsWith("{") ? json.change(type, event) : urlEncoded(type, event);
                    case JSON_TYPE -> jsonType(type, event);
                    case PARTIAL_SQL -> partialSql(type, event);
                };
        requireKey(change);
        return change;
    }

    /** An event of logutriga; ev_extra2 is the whole old row, for those that asked for it. */
    private static Change urlEncoded(EventType type, Event event) {
        var oldRow = event.extra2() == null ? null : UrlEncodedRow.parse(event.extra2());
        return change(event, type.operation(), type.keyColumns(), UrlEncodedRow.parse(event.data()), null, oldRow);
    }

    private Change jsonType(EventType type, Event event) {
        var oldRow = event.extra2() == null ? null : oldRows.read(event.extra2());
        return change(event, type.operation(), type.keyColumns(), rows.read(event.data()), null, oldRow);
    }

    private static Change partialSql(EventType type, Event event) {
        var parsed = PartialSql.parse(type.operation(), event.data());
        return change(event, type.operation(), parsed.keyColumns(), parsed.row(), parsed.oldKey(), null);
    }

    static Change change(Event event, Operation operation, List<String> keyColumns, Row row, Row oldKey, Row oldRow) {
        return new Change(event.id(), event.txid(), operation, event.extra1(), keyColumns, row, oldKey, oldRow);
    }

    /** Rows can be inserted without a key; those of partial SQL do not name one. */
    private static void requireKey(Change change) {
        if (change.keyColumns().isEmpty() && change.operation() != Operation.INSERT) {
            throw new IllegalArgumentException("it names no key");
        }
        requireKey(change.row(), change.keyColumns());
        if (change.oldKey() != null) {
            requireKey(change.oldKey(), change.keyColumns());
        }
    }

    private static void requireKey(Row row, List<String> keyColumns) {
        for (var key : keyColumns) {
            int index = row.columns().indexOf(key);
            if (index < 0) {
                throw new IllegalArgumentException("its row lacks the key column " + key);
            }
            if (row.isNull(index)) {
                throw new IllegalArgumentException("its key column " + key + " is null");
            }
        }
    }
}
