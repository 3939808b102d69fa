package dev.londiste.pgq;

import java.util.Objects;

/**
 * An open batch: what became visible in the queue between two ticks. It may hold no event at all. Immutable.
 *
 * @param previous the tick where the batch begins: the consumer's position until the batch is finished
 * @param tick the tick where it ends: the consumer's position afterwards
 * @param previousEventSeq the queue's event sequence at {@code previous}
 * @param eventSeq the queue's event sequence at {@code tick}
 */
public record Batch(
        String queue, String consumer, long id, Tick previous, Tick tick, long previousEventSeq, long eventSeq) {

    public Batch {
        Objects.requireNonNull(queue, "queue");
        Objects.requireNonNull(consumer, "consumer");
        Objects.requireNonNull(previous, "previous");
        Objects.requireNonNull(tick, "tick");
    }
}
