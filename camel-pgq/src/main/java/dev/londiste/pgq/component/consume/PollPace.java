package dev.londiste.pgq.component.consume;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long to wait before the next poll. Where exchanges have just come more are likely to come: for a moment polls follow
 * each other closely, so that the next tick is made and read as soon as it is due; at rest they are the tenth part of
 * that. A wake-up ends the wait. Thread-safe.
 */
final class PollPace {

    /** Close polls for one at rest. */
    private static final int PARTS = 10;

    private static final int MOMENT_OF_DELAYS = 3;
    private static final Duration LONGEST_MOMENT = Duration.ofMillis(300);

    private final Duration atRest;
    private final Duration moment;
    private final LongSupplier nanos;
    private long restFrom;
    private boolean woken;

    /** @param nanos a clock that is never set, as {@link System#nanoTime()} */
    PollPace(Duration atRest, LongSupplier nanos) {
        this.atRest = atRest;
        var delays = atRest.multipliedBy(MOMENT_OF_DELAYS);
        this.moment = delays.compareTo(LONGEST_MOMENT) < 0 ? delays : LONGEST_MOMENT;
        this.nanos = nanos;
        this.restFrom = nanos.getAsLong();
    }

    /** A poll begins: it will see whatever woke us before. */
    synchronized void polling() {
        woken = false;
    }

    /** A poll brought exchanges. */
    synchronized void worked() {
        restFrom = nanos.getAsLong() + moment.toNanos();
    }

    /** Something happened that the poll in hand may have missed. */
    synchronized void wake() {
        woken = true;
    }

    synchronized Duration untilNext() {
        if (woken) {
            return Duration.ZERO;
        }
        return nanos.getAsLong() - restFrom < 0 ? atRest.dividedBy(PARTS) : atRest;
    }
}
