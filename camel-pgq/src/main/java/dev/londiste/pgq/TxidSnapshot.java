package dev.londiste.pgq;

import java.util.Arrays;

/**
 * A {@code txid_snapshot} of PostgreSQL: which transactions had ended when it was taken. Everything below {@link #xmin()}
 * is visible, everything from {@link #xmax()} on is not, and between them all but {@link #inProgress()}. Immutable.
 */
public final class TxidSnapshot {

    private final long xmin;
    private final long xmax;
    private final long[] inProgress;

    public TxidSnapshot(long xmin, long xmax, long... inProgress) {
        if (xmin <= 0 || xmax < xmin) {
            throw new IllegalArgumentException("Not a snapshot: xmin " + xmin + ", xmax " + xmax);
        }
        this.xmin = xmin;
        this.xmax = xmax;
        this.inProgress = inProgress.clone();
        Arrays.sort(this.inProgress);
    }

    /** Reads PostgreSQL's own text form, {@code xmin:xmax:xip,xip}. */
    public static TxidSnapshot parse(String text) {
        var parts = text.split(":", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("Not a snapshot: " + text);
        }
        try {
            var list = parts[2].isEmpty()
                    ? new long[0]
                    : Arrays.stream(parts[2].split(",", -1))
                            .mapToLong(Long::parseLong)
                            .toArray();
            return new TxidSnapshot(Long.parseLong(parts[0]), Long.parseLong(parts[1]), list);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("Not a snapshot: " + text, e);
        }
    }

    public long xmin() {
        return xmin;
    }

    public long xmax() {
        return xmax;
    }

    /** The transactions below {@link #xmax()} that were still running, ascending. */
    public long[] inProgress() {
        return inProgress.clone();
    }

    /** Whether the transaction had ended when the snapshot was taken. */
    public boolean isVisible(long txid) {
        return txid < xmin || (txid < xmax && Arrays.binarySearch(inProgress, txid) < 0);
    }

    /** Whether every transaction visible in {@code earlier} is visible here. */
    public boolean includes(TxidSnapshot earlier) {
        for (long txid : inProgress) {
            if (earlier.isVisible(txid)) {
                return false;
            }
        }
        return Arrays.stream(earlier.inProgress).filter(txid -> txid >= xmax).count() >= earlier.xmax - xmax;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TxidSnapshot that
                && xmin == that.xmin
                && xmax == that.xmax
                && Arrays.equals(inProgress, that.inProgress);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Long.hashCode(xmin) + Long.hashCode(xmax)) + Arrays.hashCode(inProgress);
    }

    /** PostgreSQL's own text form. */
    @Override
    public String toString() {
        var text = new StringBuilder().append(xmin).append(':').append(xmax).append(':');
        for (int i = 0; i < inProgress.length; i++) {
            text.append(i == 0 ? "" : ",").append(inProgress[i]);
        }
        return text.toString();
    }
}
