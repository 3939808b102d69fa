package dev.londiste.replication.copy;

import dev.londiste.replication.sync.TableState;
import java.time.Duration;

/**
 * Makes ticks for a copy that waits (C28): one after the load, which includes its snapshot, and one after each change of
 * state, which gives the replay a batch. Rarely again after that, should the one have been in vain. Not thread-safe.
 */
final class ForcedTicks {

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final CopyConsumer consumer;
    private TableState lastState;
    private long nextAt;
    private Duration pause = FIRST_PAUSE;

    ForcedTicks(CopyConsumer consumer) {
        this.consumer = consumer;
    }

    void forceIfDue(TableState state) {
        boolean changed = !state.equals(lastState);
        if (!changed && System.nanoTime() - nextAt < 0) {
            return;
        }
        pause = changed ? FIRST_PAUSE : min(pause.multipliedBy(2), LONGEST_PAUSE);
        lastState = state;
        nextAt = System.nanoTime() + pause.toNanos();
        consumer.forceTick();
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
