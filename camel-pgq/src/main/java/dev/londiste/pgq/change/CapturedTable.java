package dev.londiste.pgq.change;

import dev.londiste.pgq.Event;
import java.util.List;

/** Reads the events of one table: a reader for each kind of row, since each has a shape of its own. */
final class CapturedTable {

    private final JsonRowReader rows = new JsonRowReader();
    private final JsonRowReader oldKeys = new JsonRowReader();
    private final JsonRowReader oldRows = new JsonRowReader();

    Change change(ChangeDecoder.EventType type, Event event) {
        if (type.operation() == Change.Operation.TRUNCATE) {
            return change(type, event, null, null, null);
        }
        if (event.data() == null) {
            throw new IllegalArgumentException("it has no row");
        }
        var row = rows.read(event.data());
        if (event.extra4() != null) {
            row = exact(row, event.extra4(), type.keyColumns());
        }
        requireKey(row, type.keyColumns());
        var oldKey = event.extra2() == null ? null : oldKeys.read(event.extra2());
        if (oldKey != null) {
            requireKey(oldKey, type.keyColumns());
        }
        var oldRow = event.extra3() == null ? null : oldRows.read(event.extra3());
        return change(type, event, row, oldKey, oldRow);
    }

    private static Change change(ChangeDecoder.EventType type, Event event, Row row, Row oldKey, Row oldRow) {
        return new Change(
                event.id(), event.txid(), type.operation(), event.extra1(), type.keyColumns(), row, oldKey, oldRow);
    }

    /**
     * The row with what JSON blurs taken from the record's own text: jsonb null and SQL NULL, json scalars, arrays,
     * composites, ranges (C02). Key columns stay as JSON has them where that is exact, for the old key has no record
     * text and a key must have one text.
     */
    private Row exact(Row row, String recordText, List<String> keyColumns) {
        var fields = RecordText.fields(recordText);
        if (fields.size() != row.columns().size()) {
            throw new IllegalArgumentException(
                    "its row has " + row.columns().size() + " columns as JSON but " + fields.size() + " as a record");
        }
        var values = fields.toArray(String[]::new);
        for (var key : keyColumns) {
            int index = row.columns().indexOf(key);
            if (index >= 0 && isExact(rows.kind(index), values[index])) {
                values[index] = row.value(index);
            }
        }
        return new Row(row.columns(), values);
    }

    private static boolean isExact(char kind, String recordText) {
        return switch (kind) {
            case '{', '[', 'n' -> false;
            // A jsonb string keeps its quotes in the record's text; no other type's JSON string gains any.
            case '"' -> recordText == null || !recordText.startsWith("\"");
            default -> true;
        };
    }

    private static void requireKey(Row row, List<String> keyColumns) {
        for (var key : keyColumns) {
            int index = row.columns().indexOf(key);
            if (index < 0) {
                throw new IllegalArgumentException("its row lacks the key column " + key);
            }
            if (row.value(index) == null) {
                throw new IllegalArgumentException("its key column " + key + " is null");
            }
        }
    }
}
