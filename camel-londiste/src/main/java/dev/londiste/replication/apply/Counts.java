package dev.londiste.replication.apply;

import dev.londiste.pgq.change.Change;

/** Counts what is applied. A chunk counts for itself, so that what is rolled back is not counted. Not thread-safe. */
public final class Counts {

    private long changes;
    private long inserts;
    private long updates;
    private long deletes;
    private long truncates;
    private long missingDeletes;
    private long conflicts;
    private long failed;
    private long chunks;
    private long chunksInOrder;

    public void insert(long rows) {
        inserts += rows;
    }

    public void update(long rows) {
        updates += rows;
    }

    public void delete(long rows) {
        deletes += rows;
    }

    public void count(Change.Operation operation, long rows) {
        switch (operation) {
            case INSERT -> insert(rows);
            case UPDATE -> update(rows);
            case DELETE -> delete(rows);
            case TRUNCATE -> truncate(rows);
        }
    }

    public void missingDelete(long rows) {
        missingDeletes += rows;
    }

    public void conflict(long rows) {
        conflicts += rows;
    }

    public void failed(long rows) {
        failed += rows;
    }

    public void truncate(long tables) {
        truncates += tables;
        changes += tables;
    }

    public void chunk(int size, boolean inOrder) {
        changes += size;
        chunks++;
        chunksInOrder += inOrder ? 1 : 0;
    }

    public void add(Counts chunk) {
        changes += chunk.changes;
        inserts += chunk.inserts;
        updates += chunk.updates;
        deletes += chunk.deletes;
        truncates += chunk.truncates;
        missingDeletes += chunk.missingDeletes;
        conflicts += chunk.conflicts;
        failed += chunk.failed;
        chunks += chunk.chunks;
        chunksInOrder += chunk.chunksInOrder;
    }

    public ApplyStatistics statistics() {
        return new ApplyStatistics(
                changes,
                inserts,
                updates,
                deletes,
                truncates,
                missingDeletes,
                conflicts,
                failed,
                chunks,
                chunksInOrder);
    }
}
