package dev.londiste.replication.copy;

import java.time.Duration;

/** Keeps the copies of a job to so many rows a second, all together. Thread-safe. */
final class Throttle {

    private static final double NANOS = 1e9;
    private static final int STEPS_A_SECOND = 10;

    private final int rowsPerSecond;
    private long nextRowAt = System.nanoTime();

    /** Zero rows a second is no limit. */
    Throttle(int rowsPerSecond) {
        this.rowsPerSecond = rowsPerSecond;
    }

    /** How many rows may pass between two calls of {@link #take}. */
    int step() {
        return rowsPerSecond == 0 ? Integer.MAX_VALUE : Math.max(1, rowsPerSecond / STEPS_A_SECOND);
    }

    /** How long to wait before so many rows may go on. */
    synchronized Duration take(int rows) {
        if (rowsPerSecond == 0) {
            return Duration.ZERO;
        }
        long now = System.nanoTime();
        // What was not used while nothing was copied is not saved up.
        nextRowAt = nextRowAt - now < 0 ? now : nextRowAt;
        nextRowAt += Math.round(rows * NANOS / rowsPerSecond);
        return Duration.ofNanos(nextRowAt - now);
    }
}
