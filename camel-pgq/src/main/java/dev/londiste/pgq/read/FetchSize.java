package dev.londiste.pgq.read;

/**
 * How many rows to fetch at once: as many as allowed while rows are small, fewer when they are large (C09). It starts
 * small, since nobody knows the rows yet, and grows step by step. Keep one per consumer, so that it remembers from batch
 * to batch. Not thread-safe.
 */
public final class FetchSize {

    private static final int START = 50;
    private static final int GROWTH = 8;
    /** Rows of one fetch, none of which is large ({@link LargeEvents}): this bounds what a fetch may bring. */
    private static final int AT_ONCE = 2_000;

    /** Characters of one page. Heap is several times that: driver's copy, strings, and what the route makes of them. */
    private static final long PAGE_CHARS = 4L << 20;

    private final int maxRows;
    private int rows;
    private long averageChars = 1;

    public FetchSize(int maxRows) {
        if (maxRows < 1) {
            throw new IllegalArgumentException("fetchSize must be at least 1 but is " + maxRows);
        }
        this.maxRows = maxRows;
        this.rows = Math.min(START, maxRows);
    }

    /** How many rows a page may have. */
    int most() {
        return maxRows;
    }

    /** How many rows to add to a page that holds so much already; 0 when it is full. */
    int next(int rowsInPage, long charsInPage) {
        long fitting = (PAGE_CHARS - charsInPage) / averageChars;
        if (rowsInPage == 0) {
            fitting = Math.max(1, fitting);
        }
        return (int) Math.max(0, Math.min(Math.min(Math.min(rows, AT_ONCE), maxRows - rowsInPage), fitting));
    }

    /** Whether a page may hold so much. */
    static boolean fits(long chars) {
        return chars <= PAGE_CHARS;
    }

    /** Learns from what a fetch brought. */
    void seen(int fetched, long chars) {
        if (fetched > 0) {
            averageChars = Math.max(1, chars / fetched);
            rows = (int) Math.min(maxRows, (long) rows * GROWTH);
        }
    }
}
