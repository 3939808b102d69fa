package dev.londiste.replication.apply.net;

import dev.londiste.pgq.change.Row;

/** What a chunk does, all in all, to the row of one key. */
public final class NetRow {

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

    public static NetRow inserted(String[] key, Row row) {
        return new NetRow(false, key, row);
    }

    public static NetRow updated(String[] key, Row row) {
        return new NetRow(true, key, row);
    }

    public static NetRow deleted(String[] key) {
        return new NetRow(true, key, null);
    }

    /** These three answer false when the step cannot follow those before it (C03). */
    public boolean insert(Row inserted) {
        boolean possible = row == null;
        row = inserted;
        replaced = existed;
        return possible;
    }

    public boolean update(Row updated) {
        boolean possible = row != null;
        row = updated;
        return possible;
    }

    public boolean delete() {
        boolean possible = row != null;
        row = null;
        return possible;
    }

    /** With {@code anew}, a row that was deleted and inserted again has to be a new row. */
    public boolean isDelete(boolean anew) {
        return existed && (row == null || (anew && replaced));
    }

    public boolean isUpdate(boolean anew) {
        return existed && row != null && !(anew && replaced);
    }

    public boolean isInsert(boolean anew) {
        return row != null && (!existed || (anew && replaced));
    }

    public String[] key() {
        return key;
    }

    public Row row() {
        return row;
    }
}
