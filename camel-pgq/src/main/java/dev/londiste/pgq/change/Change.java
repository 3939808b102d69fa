package dev.londiste.pgq.change;

import java.util.List;

/**
 * A change of one table, as an event of a capture trigger tells it. Immutable.
 *
 * @param eventId the event's id in its queue; unique there, and the order of changes
 * @param txid the provider's transaction
 * @param table {@code schema.table} on the provider, raw names joined by a dot
 * @param keyColumns the key as the provider names it; empty for TRUNCATE
 * @param row the new row, for DELETE the old one (at least its key), for TRUNCATE null
 * @param oldKey the key before an update that changed its text, else null
 * @param oldRow the whole row before the update, where the table captures it, else null
 */
public record Change(
        long eventId,
        long txid,
        Operation operation,
        String table,
        List<String> keyColumns,
        Row row,
        Row oldKey,
        Row oldRow) {

    /** What happened to the row, or to the table. */
    public enum Operation {
        INSERT,
        UPDATE,
        DELETE,
        TRUNCATE
    }

    /** The key that the row had before this change, as canonical text: for error messages and headers. */
    public String key() {
        if (row == null) {
            return "";
        }
        var from = oldKey == null ? row : oldKey;
        var key = new StringBuilder();
        for (var column : keyColumns) {
            key.append(key.isEmpty() ? "" : ",").append(column).append('=').append(from.value(column));
        }
        return key.toString();
    }

    /** About how many bytes it keeps in memory. */
    public int weight() {
        int weight = 64;
        weight += row == null ? 0 : row.weight();
        weight += oldKey == null ? 0 : oldKey.weight();
        return oldRow == null ? weight : weight + oldRow.weight();
    }

    /** Without values, which may not be logged. */
    @Override
    public String toString() {
        return "Change[" + operation + " " + table + ", event " + eventId + ", txid " + txid + "]";
    }
}
