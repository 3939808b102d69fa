package dev.londiste.replication.verify;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Number of rows and sum of their contents for each of 2^bits buckets of one side. Not thread-safe. */
final class BucketSums {

    /** Whatever the size of the table: fewer than that waste nothing, more would be much to carry. */
    private static final int FEWEST_BITS = 4;

    private static final int MOST_BITS = 14;

    private final int bits;
    private final long[] rows;
    private final BigDecimal[] sums;

    BucketSums(int bits) {
        this.bits = bits;
        this.rows = new long[1 << bits];
        this.sums = new BigDecimal[1 << bits];
        Arrays.fill(sums, BigDecimal.ZERO);
    }

    /** About as many rows in a bucket as there are buckets: little to read of both. */
    static int bitsFor(long rows) {
        int root = (64 - Long.numberOfLeadingZeros(rows)) / 2;
        return Math.max(FEWEST_BITS, Math.min(MOST_BITS, root));
    }

    int bits() {
        return bits;
    }

    void add(int bucket, long count, BigDecimal sum) {
        rows[bucket] += count;
        sums[bucket] = sums[bucket].add(sum);
    }

    long rows() {
        return Arrays.stream(rows).sum();
    }

    /** The same for the same rows, however many buckets there are. */
    String checksum() {
        return Arrays.stream(sums).reduce(BigDecimal.ZERO, BigDecimal::add).toPlainString();
    }

    List<Integer> differing(BucketSums other) {
        var differing = new ArrayList<Integer>();
        for (int i = 0; i < rows.length; i++) {
            if (rows[i] != other.rows[i] || sums[i].compareTo(other.sums[i]) != 0) {
                differing.add(i);
            }
        }
        return differing;
    }
}
