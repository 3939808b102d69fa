package dev.londiste.pgq.component.consume;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.Jdbc;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Keeps a consumer that has failed from trying again too soon: after a failed batch {@code retryDelay}, doubled each time
 * it fails again; after a lost connection or a deadlock a second, doubled likewise. Not thread-safe.
 */
final class RetryGate {

    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration LONGEST_SOON = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofMinutes(5);

    private final LongSupplier nanos;
    private final Duration retryDelay;
    private int failures;
    private long opens;
    private RuntimeException failure;

    /** @param nanos a clock that is never set, as {@link System#nanoTime()} */
    RetryGate(LongSupplier nanos, Duration retryDelay) {
        this.nanos = nanos;
        this.retryDelay = retryDelay;
    }

    /** The failure that the consumer still waits on. */
    Optional<RuntimeException> closedBy() {
        return failure != null && nanos.getAsLong() - opens < 0 ? Optional.of(failure) : Optional.empty();
    }

    void failed(RuntimeException cause) {
        boolean passing = isTransient(cause);
        var base = passing ? SOON : retryDelay;
        var longest = passing ? LONGEST_SOON : LONGEST;
        var delay = base.multipliedBy(1L << Math.min(failures, 16));
        var wait = delay.compareTo(longest) > 0 ? longer(longest, base) : delay;
        opens = nanos.getAsLong() + wait.toNanos();
        failure = cause;
        failures++;
    }

    void succeeded() {
        failures = 0;
        failure = null;
    }

    private static boolean isTransient(Throwable cause) {
        for (var at = cause; at != null; at = at.getCause()) {
            if (at instanceof PgqException known && Jdbc.isTransient(known)) {
                return true;
            }
        }
        return false;
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }
}
