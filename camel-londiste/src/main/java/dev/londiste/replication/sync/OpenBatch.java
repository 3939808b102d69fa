package dev.londiste.replication.sync;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.Event;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.change.ChangeDecoder;
import dev.londiste.replication.apply.ChangeSink;

/**
 * The subscriber's transaction of one batch, from the lock on the position to the commit. Used by the thread that began
 * it only. Once an event has failed nothing of it can be committed any more, whatever becomes of the exchange.
 */
final class OpenBatch implements AutoCloseable {

    private final Batch batch;
    private ReplayedTables tables;
    private final OpenTransaction transaction;
    private final ChangeSink applier;
    private final RemovedTables removed;
    private final Thread owner = Thread.currentThread();
    private final ChangeDecoder decoder = new ChangeDecoder();
    private long lastEvent = Long.MIN_VALUE;
    private long applied;
    private RuntimeException doom;

    OpenBatch(
            Batch batch,
            ReplayedTables tables,
            OpenTransaction transaction,
            ChangeSink applier,
            RemovedTables removed) {
        this.batch = batch;
        this.tables = tables;
        this.transaction = transaction;
        this.applier = applier;
        this.removed = removed;
    }

    Batch batch() {
        return batch;
    }

    ReplayedTables tables() {
        return tables;
    }

    OpenTransaction transaction() {
        return transaction;
    }

    /** How many events changed something. */
    long applied() {
        return applied;
    }

    void accept(long batchId, Event event) {
        check(batchId, event);
        lastEvent = event.id();
        try {
            if (RemovedTables.concerns(event)) {
                remove(event);
            } else if (tables.of(event) != null) {
                apply(event);
            }
        } catch (RuntimeException e) {
            doom = e;
            throw e;
        }
    }

    private void apply(Event event) {
        var change = decoder.decode(event);
        if (change != null) {
            applier.apply(change);
            applied++;
        }
    }

    /** Changes before the removal are applied first; those after it concern the table no longer. */
    private void remove(Event event) {
        var named = removed.named(transaction.session(), event);
        if (!named.isEmpty()) {
            applier.flush();
            removed.remove(transaction.session(), named);
            tables = tables.without(named);
        }
    }

    /** Everything accepted is in the transaction, and its constraints hold. */
    void flush() {
        checkNotDoomed(facts());
        try {
            applier.flush();
        } catch (RuntimeException e) {
            doom = e;
            throw e;
        }
    }

    private void check(long batchId, Event event) {
        var facts = facts().event(event.id());
        if (batchId != batch.id()) {
            throw new PgqException(
                    "Event " + event.id() + " is of batch " + batchId + ", but the open batch is " + batch.id(),
                    facts,
                    null);
        }
        if (Thread.currentThread() != owner) {
            throw doomed(new PgqException(
                    "Event " + event.id() + " came on thread "
                            + Thread.currentThread().getName()
                            + "; a replay takes its events on the consumer's thread only:"
                            + " remove seda, wireTap, threads, parallelProcessing and aggregation from the route",
                    facts,
                    null));
        }
        checkNotDoomed(facts);
        if (event.id() <= lastEvent) {
            throw doomed(new PgqException(
                    "Event " + event.id() + " came after event " + lastEvent
                            + "; a replay takes each event of a batch once, in their order",
                    facts,
                    null));
        }
    }

    private PgqException doomed(PgqException e) {
        doom = e;
        return e;
    }

    private void checkNotDoomed(Facts facts) {
        if (doom != null) {
            throw new PgqException("Batch " + batch.id() + " has failed already: " + doom.getMessage(), facts, doom);
        }
    }

    private Facts facts() {
        return Facts.of(batch);
    }

    @Override
    public void close() {
        applier.close();
        transaction.close();
    }
}
