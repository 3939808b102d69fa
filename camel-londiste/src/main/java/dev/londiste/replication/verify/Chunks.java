package dev.londiste.replication.verify;

import dev.londiste.pgq.PgqException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Gathers rows that differ into chunks of bounded size and has them fixed. A chunk that a constraint refuses waits until
 * the others are done, since one of them may be what it needs. Not thread-safe.
 */
final class Chunks {

    /** A provider's writers wait while a chunk is repaired. */
    private static final int MOST_ROWS = 500;

    private static final long MOST_BYTES = 8 << 20;

    private static final int MOST_WAITING = 1_000;

    private static final String INTEGRITY = "23";

    private final ChunkFixer fixer;
    private final Consumer<List<RowFix>> fixed;
    private final List<Difference> chunk = new ArrayList<>();
    private final List<Difference> waiting = new ArrayList<>();
    private long bytes;
    private long failed;
    private String firstError;

    Chunks(ChunkFixer fixer, Consumer<List<RowFix>> fixed) {
        this.fixer = fixer;
        this.fixed = fixed;
    }

    void add(Difference difference) {
        if (chunk.size() == MOST_ROWS || (bytes + difference.size() > MOST_BYTES && !chunk.isEmpty())) {
            fixChunk();
        }
        chunk.add(difference);
        bytes += difference.size();
    }

    private void fixChunk() {
        if (!chunk.isEmpty() && !isFixed(chunk)) {
            setAside(chunk);
        }
        chunk.clear();
        bytes = 0;
    }

    private boolean isFixed(List<Difference> rows) {
        try {
            fixed.accept(fixer.fix(rows.stream().map(Difference::key).toList()));
            return true;
        } catch (PgqException e) {
            if (!e.is(INTEGRITY)) {
                throw e;
            }
            firstError = firstError == null ? e.getMessage() : firstError;
            return false;
        }
    }

    private void setAside(List<Difference> rows) {
        if (waiting.size() + rows.size() > MOST_WAITING) {
            failed += rows.size();
        } else {
            waiting.addAll(rows);
        }
    }

    /** Fixes the last chunk, then those that wait, until that brings no more. */
    void finish() {
        fixChunk();
        int before;
        do {
            before = waiting.size();
            var again = List.copyOf(waiting);
            waiting.clear();
            fixInParts(again);
        } while (!waiting.isEmpty() && waiting.size() < before);
        failed += waiting.size();
    }

    /** All together first, so that rows in each other's way meet; then by halves, down to the rows that are refused. */
    private void fixInParts(List<Difference> rows) {
        if (rows.isEmpty() || (fit(rows) && isFixed(rows))) {
            return;
        }
        if (rows.size() == 1) {
            waiting.addAll(rows);
            return;
        }
        int middle = rows.size() / 2;
        fixInParts(rows.subList(0, middle));
        fixInParts(rows.subList(middle, rows.size()));
    }

    private static boolean fit(List<Difference> rows) {
        if (rows.size() == 1) {
            return true;
        }
        long size = rows.stream().mapToLong(Difference::size).sum();
        return rows.size() <= MOST_WAITING && size <= MOST_BYTES;
    }

    /** Rows that could not be fixed. */
    long failed() {
        return failed;
    }

    /** Why the first chunk was refused; of interest if there are rows that failed. */
    String firstError() {
        return firstError;
    }
}
