package dev.londiste.replication.copy;

import dev.londiste.pgq.PgqException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;

/** How often the copy of a table failed in a row, and when it may try again. Not thread-safe. */
final class CopyFailures {

    private static final Duration AT_ONCE = Duration.ofMillis(200);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final int MAX_DOUBLINGS = 6;

    /** Someone else held a lock, moved the table on, or the replay has no position yet: part of the work. */
    private static final Set<String> EXPECTED = Set.of("55P03", "40P01", "LD007", "LD008");

    private int count;
    private String message;
    private Instant retryAt;

    /** Answers whether a person should hear of it: the first time, and whenever the cause is another one. */
    boolean add(RuntimeException failure, Instant now) {
        var state = failure instanceof PgqException known ? known.sqlState() : null;
        if (state != null && EXPECTED.contains(state)) {
            retryAt = now.plus(AT_ONCE);
            return false;
        }
        var said = failure instanceof PgqException ? failure.getMessage() : failure.toString();
        boolean news = !Objects.equals(message, said);
        message = said;
        retryAt = now.plus(FIRST_PAUSE.multipliedBy(1L << Math.min(count, MAX_DOUBLINGS)));
        count++;
        return news;
    }

    boolean mayRetryAt(Instant now) {
        return !now.isBefore(retryAt);
    }

    String message() {
        return message;
    }
}
