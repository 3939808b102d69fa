package dev.londiste.replication.copy;

import dev.londiste.pgq.LostPositionException;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.OpenTransaction;
import dev.londiste.replication.sync.Primary;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.sync.TableState;
import dev.londiste.replication.sync.TableState.Kind;
import dev.londiste.replication.sync.TableStates;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one table from wherever it is to ok. A run ends with that, or with an error; then another run goes on from the
 * state that is in the database. {@link #stop} may be called from any thread.
 */
final class CopyWorker {

    private static final Logger LOG = LoggerFactory.getLogger(CopyWorker.class);

    /** The position is held while foreign keys are dropped, and the replay would wait for it. */
    private static final Duration BRIEFLY = Duration.ofMillis(200);

    private final CopyJob copy;
    private final Job job;
    private final TableStates states;
    private final CopyConsumer consumer;
    private final OpenConnections connections = new OpenConnections();
    private SubscriberTable table;

    CopyWorker(CopyJob copy, SubscriberTable table) {
        this.copy = copy;
        this.job = copy.job();
        this.table = table;
        this.states = new TableStates(job);
        this.consumer = new CopyConsumer(job, table);
    }

    void run() {
        try {
            requirePrimary();
            if (!table.state().isCatchingUp()) {
                table = beginCopy();
                table = new TableLoad(copy, table, consumer, connections).run();
                log(TableState.IN_COPY);
            }
            new CatchUp(copy, consumer, connections, table).run();
        } catch (LostPositionException e) {
            copyAnew(e);
            throw e;
        } catch (RuntimeException e) {
            giveHandOverBack(e);
            throw e;
        }
    }

    /** Before anything is registered there, or dropped here (C22). */
    private void requirePrimary() {
        new Jdbc(job.provider()).inAutoCommit(provider -> {
            Primary.require(job, provider);
            return null;
        });
    }

    private SubscriberTable beginCopy() {
        try (var transaction = OpenTransaction.readCommitted(job.subscriber(), BRIEFLY)) {
            var begun = states.beginCopy(transaction.session(), table);
            transaction.commit();
            var before = table.state();
            table = begun;
            log(before);
            return begun;
        } catch (PgqException e) {
            if (e.is("LD007")) {
                // The replay gets its position from its first batch.
                consumer.forceTick();
            }
            throw e;
        }
    }

    private void log(TableState before) {
        LOG.info("{}/{} - {}: {} -> {}", job.queue(), job.consumer(), table.name(), before, table.state());
    }

    /** Events of the table are gone since its rows were read. */
    private void copyAnew(LostPositionException cause) {
        if (connections.isBroken()) {
            return;
        }
        // A copy that may not empty its table would find its own rows there.
        boolean becomesNew = !table.skipTruncate()
                && new Jdbc(job.subscriber()).inTransaction(session -> states.copyAnew(session, table));
        if (becomesNew) {
            LOG.warn("{}/{} - {}: copying anew: {}", job.queue(), job.consumer(), table.name(), cause.getMessage());
        } else {
            giveHandOverBack(cause);
        }
    }

    /** A replay that waits for a copy which fails would never go on: do-sync becomes catching-up again. */
    private void giveHandOverBack(RuntimeException cause) {
        if (connections.isBroken()) {
            return;
        }
        try (var transaction = OpenTransaction.readCommitted(job.subscriber(), BRIEFLY)) {
            states.all(transaction.session()).stream()
                    .filter(now -> now.nr() == table.nr() && now.attempt() == table.attempt())
                    .filter(now -> now.state().is(Kind.DO_SYNC) && !now.isParked())
                    .forEach(now -> states.change(transaction.session(), now, TableState.CATCHING_UP));
            transaction.commit();
        } catch (PgqException e) {
            cause.addSuppressed(e);
        }
    }

    boolean isStopped() {
        return connections.isBroken();
    }

    void stop() {
        connections.abort();
    }
}
