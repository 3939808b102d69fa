package dev.londiste.pgq.change;

import dev.londiste.pgq.Event;
import java.util.List;

/** Events of our own capture triggers on one table; a reader for each kind of row, since each has a shape of its own. */
final class CapturedJson {

    private final JsonRowReader rows = new JsonRowReader();
    private final JsonRowReader oldKeys = new JsonRowReader();
    private final JsonRowReader oldRows = new JsonRowReader();
    private ColumnNames order = ColumnNames.of();

    Change change(EventType type, Event event) {
        var row = rows.read(event.data());
        var oldRow = event.extra3() == null ? null : oldRows.read(event.extra3());
        if (event.extra4() != null && oldRow != null) {
            var records = RecordText.pair(event.extra4());
            row = exact(row, rows, records.get(0), type.keyColumns());
            oldRow = exact(oldRow, oldRows, records.get(1), type.keyColumns());
        } else if (event.extra4() != null) {
            row = exact(row, rows, RecordText.fields(event.extra4()), type.keyColumns());
        }
        return CapturedTable.change(
                event,
                type.operation(),
                type.keyColumns(),
                inOneOrder(row),
                event.extra2() == null ? null : oldKeys.read(event.extra2()),
                oldRow);
    }

    /**
     * The row with what JSON blurs taken from the record's own text: jsonb null and SQL NULL, json scalars, arrays,
     * composites, ranges (C02). Key columns stay as JSON has them where that is exact, for the old key has no record
     * text and a key must have one text.
     */
    private static Row exact(Row row, JsonRowReader reader, List<String> fields, List<String> keyColumns) {
        if (fields.size() != row.columns().size()) {
            throw new IllegalArgumentException(
                    "its row has " + row.columns().size() + " columns as JSON but " + fields.size() + " as a record");
        }
        var values = fields.toArray(String[]::new);
        for (var key : keyColumns) {
            int index = row.columns().indexOf(key);
            if (index >= 0 && isExact(reader.kind(index), values[index])) {
                values[index] = row.value(index);
            }
        }
        return Row.of(row.columns(), values);
    }

    private static boolean isExact(char kind, String recordText) {
        return switch (kind) {
            case '{', '[', 'n' -> false;
            // A jsonb string keeps its quotes in the record's text; no other type's JSON string gains any.
            case '"' -> recordText == null || !recordText.startsWith("\"");
            default -> true;
        };
    }

    /** Partitions may have their columns in different orders; their rows are still of one shape. */
    private Row inOneOrder(Row row) {
        if (row.columns().equals(order)) {
            return row;
        }
        if (row.columns().size() != order.size()
                || !order.asList().containsAll(row.columns().asList())) {
            order = row.columns();
            return row;
        }
        var values = new String[order.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = row.value(order.name(i));
        }
        return Row.of(order, values);
    }
}
