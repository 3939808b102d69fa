package dev.londiste.pgq;

import java.util.Optional;

/** Where the batches of a consumer come from. Thread-safe; each call is a transaction of its own. */
public interface BatchSource {

    /** The open batch, or the next one: the same again until it is finished. */
    Optional<Batch> poll(PollOptions options);

    /**
     * Finishes the batch: it will not come again.
     *
     * @throws PgqException {@link SqlStates#BATCH_NOT_OWNED} when someone else has finished it or taken it over (C16)
     */
    void finish(Batch batch);

    /** Keeps the batch from being taken over by others, until the answer is closed. */
    default KeepAlive keepAlive(Batch batch) {
        return () -> {};
    }

    /** Ends when closed. */
    @FunctionalInterface
    interface KeepAlive extends AutoCloseable {
        @Override
        void close();
    }
}
