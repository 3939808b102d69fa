package dev.londiste.replication.apply;

import dev.londiste.pgq.change.Change;

/**
 * Takes changes in event order into one open transaction of the subscriber. Not thread-safe. Between the first
 * {@link #apply} and the return of {@link #flush} or {@link #pause} the connection is the sink's, until {@link #close} at
 * the latest. A failure may come with a later call than that of its change; the transaction can only be rolled back then.
 */
public interface ChangeSink extends AutoCloseable {

    /** Takes the next change; earlier ones may reach the database now. */
    void apply(Change change);

    /** The connection is the caller's until the next {@link #apply}. Nothing is brought to an end: changes may still wait. */
    void pause();

    /** Everything so far is in the transaction, and its constraints hold. */
    void flush();

    /** What is in the transaction; asked after {@link #flush} or {@link #close}. */
    ApplyStatistics statistics();

    /** Returns when the connection is the caller's again. What was not flushed is lost with the transaction. */
    @Override
    void close();
}
