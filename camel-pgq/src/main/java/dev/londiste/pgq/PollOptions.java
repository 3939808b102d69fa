package dev.londiste.pgq;

import java.time.Duration;

/**
 * What a poll asks for. Immutable; null parts ask for nothing.
 *
 * @param tick tick first when it is time
 * @param minLag the batch may only hold what is at least so old
 * @param minCount join ticks until the batch has so many events, within {@code minInterval}
 * @param minInterval join ticks until the batch spans so long
 */
public record PollOptions(boolean tick, Duration minLag, Integer minCount, Duration minInterval) {

    /** Tick when due, and take the next single tick. */
    public static final PollOptions DEFAULT = new PollOptions(true, null, null, null);

    /** ISO 8601, which PostgreSQL reads in every IntervalStyle. */
    static String text(Duration duration) {
        return duration == null ? null : duration.toString();
    }
}
