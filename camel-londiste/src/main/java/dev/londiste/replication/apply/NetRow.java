package dev.londiste.replication.apply;

import dev.londiste.pgq.change.Row;

/** What a chunk does, all in all, to the row of one key. */
final class NetRow {

    /** Whether the subscriber has the row before the chunk. */
    private final boolean existed;

    private final String[] key;
    /** The row after the chunk; null when there is none. */
    private Row row;

    private boolean replaced;

    private NetRow(boolean existed, String[] key, Row row) {
        this.existed = existed;
        this.key = key;
        this.row = row;
    }

    static NetRow inserted(String[] key, Row row) {
        return new NetRow(false, key, row);
    }

    static NetRow updated(String[] key, Row row) {
        return new NetRow(true, key, row);
    }

    static NetRow deleted(String[] key) {
        return new NetRow(true, key, null);
    }

    /** These three answer false when the step cannot follow those before it (C03). */
    boolean insert(Row inserted) {
        boolean possible = row == null;
        row = inserted;
        replaced = existed;
        return possible;
    }

    boolean update(Row updated) {
        boolean possible = row != null;
        row = updated;
        return possible;
    }

    boolean delete() {
        boolean possible = row != null;
        row = null;
        return possible;
    }

    /** With {@code anew}, a row that was deleted and inserted again has to be a new row. */
    boolean isDelete(boolean anew) {
        return existed && (row == null || (anew && replaced));
    }

    boolean isUpdate(boolean anew) {
        return existed && row != null && !(anew && replaced);
    }

    boolean isInsert(boolean anew) {
        return row != null && (!existed || (anew && replaced));
    }

    String[] key() {
        return key;
    }

    Row row() {
        return row;
    }
}
