package dev.londiste.replication.copy;

/**
 * How hard the copies of a job work. Immutable.
 *
 * @param parallelCopies how many tables at the same time
 * @param parallelRanges how many ranges of one big table at the same time
 * @param rangeBytes about how much of the provider's table makes one range; a table of less than four is copied whole
 * @param rowsPerSecond of all copies together; 0 for as fast as they can
 */
public record CopyOptions(int parallelCopies, int parallelRanges, long rangeBytes, int rowsPerSecond) {

    /** Big enough that a range costs nothing but its rows, small enough that losing one in mid-copy is no loss. */
    public static final int RANGE_MEGABYTES = 16;

    public static final CopyOptions DEFAULT = new CopyOptions(2, 2, (long) RANGE_MEGABYTES << 20, 0);

    private static final int MOST_RANGES = 1000;
    private static final int FEWEST_RANGES = 4;

    public CopyOptions {
        if (parallelCopies < 1 || parallelRanges < 1 || rangeBytes < 1 || rowsPerSecond < 0) {
            throw new IllegalArgumentException("parallelCopies, parallelRanges and the size of a range are at least 1,"
                    + " and the rows per second are not negative");
        }
    }

    /** Into how many ranges a table is cut. Where each costs a look at the whole table, only as many as work at once. */
    int ranges(long bytes, boolean inOrder) {
        long fit = bytes / rangeBytes;
        if (fit < FEWEST_RANGES) {
            return 1;
        }
        return inOrder ? (int) Math.min(fit, MOST_RANGES) : parallelRanges;
    }
}
