package dev.londiste.replication.sync;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.Event;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.change.ChangeDecoder;
import dev.londiste.replication.apply.ApplyStatistics;
import dev.londiste.replication.apply.ChangeSink;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * The subscriber's transaction of one batch, from the lock on the position to the commit. Used by the thread that began
 * it only. Once an event has failed nothing of it can be committed any more, whatever becomes of the exchange.
 */
final class OpenBatch implements AutoCloseable {

    private final Batch batch;
    private ReplayedTables tables;
    private final OpenTransaction transaction;
    private final Supplier<ChangeSink> appliers;
    private final RemovedTables removed;
    private final ExecutedScripts scripts;
    private final ColumnWatch columns;
    private ChangeSink applier;
    private final Mirror.Events mirrored;
    /** What earlier appliers of the batch have done. */
    private ApplyStatistics before = ApplyStatistics.NONE;

    private final Thread owner = Thread.currentThread();
    private final ChangeDecoder decoder = new ChangeDecoder();
    private long lastEvent = Long.MIN_VALUE;
    private final long began = System.nanoTime();
    private long accepted;
    private long applied;
    private RuntimeException doom;

    OpenBatch(
            Batch batch,
            ReplayedTables tables,
            OpenTransaction transaction,
            Supplier<ChangeSink> appliers,
            RemovedTables removed,
            ExecutedScripts scripts,
            ColumnWatch columns,
            Mirror.Events mirrored) {
        this.batch = batch;
        this.tables = tables;
        this.transaction = transaction;
        this.appliers = appliers;
        this.removed = removed;
        this.scripts = scripts;
        this.columns = columns;
        this.applier = appliers.get();
        this.mirrored = mirrored;
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

    /** How many events came. */
    long accepted() {
        return accepted;
    }

    /** Since it began. */
    Duration age() {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /** How many events changed something. */
    long applied() {
        return applied;
    }

    /** What is in the transaction; asked after {@link #flush}. */
    ApplyStatistics statistics() {
        return before.plus(applier.statistics());
    }

    /**
     * What a copy has brought whole, and a route follows in part, is wrong from the first row on that is left out. So is what
     * others follow through a mirror.
     *
     * @param events how many the batch has; empty when not all of them were routed
     */
    void requireWhole(OptionalLong events) {
        if (events.equals(OptionalLong.of(accepted))) {
            return;
        }
        mirrored.queue().ifPresent(mirror -> {
            throw inPart(
                    events,
                    "mirrorQueue " + mirror + " is to have all of them for those who follow it; leave rows and columns"
                            + " out by rowFilter and columns (SUBSCRIBER_SET), or set routeTransforms=true, and the"
                            + " mirror has what reaches APPLY",
                    facts());
        });
        tables.copied().ifPresent(table -> {
            throw inPart(
                    events,
                    "table " + table.name()
                            + " was copied whole; leave rows and columns out by rowFilter and columns (SUBSCRIBER_SET),"
                            + " filter only tables added with expectSync, or set routeTransforms=true",
                    facts().table(table.name()));
        });
    }

    private PgqException inPart(OptionalLong events, String why, Facts facts) {
        return new PgqException(
                (events.isPresent() ? "Only " + accepted + " of the " + events.getAsLong() : "Not all")
                        + " events of batch " + batch.id() + " reached APPLY, but " + why,
                facts.sqlState("LD009"),
                null);
    }

    void accept(long batchId, Event event) {
        check(batchId, event);
        lastEvent = event.id();
        accepted++;
        try {
            mirror(event);
            if (RemovedTables.concerns(event)) {
                remove(event);
            } else if (ExecutedScripts.concerns(event)) {
                execute(event);
            } else if (tables.of(event) != null) {
                apply(tables.of(event), event);
            }
        } catch (RuntimeException e) {
            doom = e;
            throw e;
        }
    }

    /**
     * The applier's savepoints, which must not take mirrored events back, are gone when it pauses. It does not flush: this may
     * be the middle of a transaction of the provider, which its changes must not notice (C06, C30, C31).
     */
    private void mirror(Event event) {
        mirrored.add(event);
        if (mirrored.isFull()) {
            applier.pause();
            mirrored.flush();
        }
    }

    private void apply(SubscriberTable table, Event event) {
        var change = decoder.require(event);
        look(table, event, change);
        applier.apply(change);
        applied++;
    }

    /** Only rows that were captured as JSON are whole. */
    private void look(SubscriberTable table, Event event, Change change) {
        if (event.data() == null || !event.data().startsWith("{")) {
            return;
        }
        var lost = columns.lost(table, change);
        if (!lost.isEmpty()) {
            applier.pause();
            columns.refuseLost(transaction.session(), table, change, lost);
        }
    }

    /** Changes before the removal are applied first; those after it concern the table no longer. */
    private void remove(Event event) {
        applier.pause();
        var named = removed.named(transaction.session(), event);
        if (!named.isEmpty()) {
            applier.flush();
            removed.remove(transaction.session(), named);
            tables = tables.without(named);
        }
    }

    /** A barrier: what follows may meet other tables, which a new applier reads anew. */
    private void execute(Event event) {
        applier.flush();
        scripts.run(transaction.session(), event);
        before = statistics();
        applier = appliers.get();
    }

    /** Everything accepted is in the transaction, and its constraints hold. */
    void flush() {
        if (doom != null) {
            throw failedAlready(facts());
        }
        try {
            applier.flush();
            columns.keep(transaction.session());
            mirrored.end();
        } catch (RuntimeException e) {
            doom = e;
            throw e;
        }
    }

    private void check(long batchId, Event event) {
        if (batchId != batch.id()) {
            throw new PgqException(
                    "Event " + event.id() + " is of batch " + batchId + ", but the open batch is " + batch.id(),
                    facts(event),
                    null);
        }
        if (Thread.currentThread() != owner) {
            throw doomed(new PgqException(
                    "Event " + event.id() + " came on thread "
                            + Thread.currentThread().getName()
                            + "; a replay takes its events on the consumer's thread only:"
                            + " remove seda, wireTap, threads, parallelProcessing and aggregation from the route",
                    facts(event),
                    null));
        }
        if (doom != null) {
            throw failedAlready(facts(event));
        }
        if (event.id() <= lastEvent) {
            throw doomed(new PgqException(
                    "Event " + event.id() + " came after event " + lastEvent
                            + "; a replay takes each event of a batch once, in their order",
                    facts(event),
                    null));
        }
    }

    private PgqException doomed(PgqException e) {
        doom = e;
        return e;
    }

    private PgqException failedAlready(Facts facts) {
        return new PgqException("Batch " + batch.id() + " has failed already: " + doom.getMessage(), facts, doom);
    }

    private Facts facts() {
        return Facts.of(batch);
    }

    private Facts facts(Event event) {
        return facts().event(event.id());
    }

    @Override
    public void close() {
        try {
            applier.close();
        } finally {
            transaction.close();
        }
    }
}
