package dev.londiste.pgq;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Someone whose own transaction and position move with the batches of one consumer. It is called on every poll, even
 * when no exchange is made of a batch (C21): {@code idle}, or {@code begin} and then exactly one of {@code commit} and
 * {@code rollback} if the answer was {@link Stance#ACTIVE}.
 *
 * <p>All calls of one poll come from the same thread; none may block longer than about 100 ms, except {@code commit}.
 */
public interface BatchParticipant {

    /**
     * Asked when the consumer is not registered: where to register it; empty means the last tick.
     *
     * @throws PgqException when the participant has a position that it cannot give up (C18)
     */
    Optional<Tick> position();

    /** A poll found no batch. */
    void idle();

    Stance begin(Batch batch);

    /**
     * Everything of the batch that was routed succeeded; commit follows, or rollback when this fails.
     *
     * @param events how many events the batch had; empty when nobody knows, since filters of the consumer left some out or
     *     the route did not read to the end
     */
    default void routed(Batch batch, OptionalLong events) {}

    /** Everything of the batch succeeded. Runs before the batch is finished: it may come again after a crash between the two. */
    void commit(Batch batch);

    void rollback(Batch batch, Throwable cause);

    /** What a participant wants done with a batch. */
    enum Stance {
        /** Route its events, then commit. */
        ACTIVE,
        /** It was committed before: finish it, without exchanges. */
        ALREADY_APPLIED,
        /** Leave it open and ask again at the next poll. */
        STANDING_BY
    }
}
