package dev.londiste.replication.copy;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.Tick;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.sync.ChangeAppliers;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.JobPosition;
import dev.londiste.replication.sync.JobPosition.Standing;
import dev.londiste.replication.sync.OpenTransaction;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.sync.TableState;
import dev.londiste.replication.sync.TableState.Kind;
import dev.londiste.replication.sync.TableStates;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a loaded table to where the replay stands, and hands it over. Each batch of the copy's own consumer, which sees
 * this table only, is one transaction of the subscriber together with the copy's own position, so that it is applied
 * once whatever dies. Not thread-safe.
 *
 * <p>What is visible in the table's snapshot was copied, and is skipped. Once a tick includes that snapshot, the table
 * holds exactly what is visible at the copy's tick: from there it may be handed over.
 */
final class CatchUp {

    private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);

    /** Under load no copy ever finds the queue empty: so close it is close enough to ask for the hand-over (C25). */
    private static final Duration CLOSE_ENOUGH = Duration.ofSeconds(1);

    private static final Duration PAUSE = Duration.ofMillis(50);

    private final Job job;
    private final TableStates states;
    private final ChangeAppliers appliers;
    private final CopyConsumer consumer;
    private final OpenConnections connections;
    private final JobPosition position;
    private final ForcedTicks ticks;
    private final CopyRanges ranges;
    private final TickAfterSnapshot after;
    private SubscriberTable table;
    private CopiedRows rows;
    private Duration behind = Duration.ZERO;

    CatchUp(CopyJob copy, CopyConsumer consumer, OpenConnections connections, SubscriberTable table) {
        this.job = copy.job();
        this.states = new TableStates(job);
        this.appliers = copy.appliers();
        this.consumer = consumer;
        this.connections = connections;
        this.table = table;
        this.position = new JobPosition(job.queue(), job.copyConsumer(table));
        this.ticks = new ForcedTicks(consumer);
        this.ranges = new CopyRanges(job, table);
        this.after = new TickAfterSnapshot(job, table, consumer);
    }

    /** Returns when the table is the replay's, or when the worker is to stop. */
    void run() {
        resume();
        while (!table.state().is(Kind.OK) && !connections.isBroken()) {
            if (!turn()) {
                ticks.forceIfDue(table.state());
                connections.pause(PAUSE);
            }
        }
        if (table.state().is(Kind.OK)) {
            consumer.unregister();
        }
    }

    private void resume() {
        try (var transaction = begin()) {
            var completed = position.get(transaction.session()).orElseThrow(() -> vanished());
            after.read(transaction.session());
            rows = ranges.find(transaction.session())
                    .<CopiedRows>map(plan -> new RowsOfRanges(plan, ranges, job.subscriber()))
                    .orElseGet(() -> new RowsOfOneSnapshot(table));
            consumer.register(completed);
        }
        ticks.forceIfDue(table.state());
    }

    private PgqException vanished() {
        return new PgqException(
                "The position of the copy of table " + table.name() + " has vanished",
                job.facts().table(table.name()).sqlState("LD007"),
                null);
    }

    /** Answers whether something was done. */
    private boolean turn() {
        if (mergeRanges()) {
            return true;
        }
        var batch = next();
        if (batch.isEmpty()) {
            return settle();
        }
        if (isOutOfBounds(batch.get())) {
            return settle() || takeBack();
        }
        after.require(batch.get());
        return switch (apply(batch.get())) {
            case ACTIVE, APPLIED -> {
                consumer.finish(batch.get());
                yield true;
            }
            case ELSEWHERE -> true;
        };
    }

    /**
     * Where the replay may be asking, batches are of a single tick, so that the copy can stop at any tick where the replay
     * may stand (C24). Before that, and far behind, they are long: a tick at a time may never catch up (C25).
     */
    private Optional<Batch> next() {
        if (table.state().is(Kind.CATCHING_UP) && behind.compareTo(CLOSE_ENOUGH) > 0) {
            var batch = consumer.next(behind.dividedBy(2));
            if (batch.isPresent()) {
                return batch;
            }
        }
        return consumer.next();
    }

    /** A long batch from before the replay asked goes too far: it is given up for single ticks. */
    private boolean takeBack() {
        try (var transaction = begin()) {
            consumer.setBack(position.get(transaction.session()).orElseThrow(() -> vanished()));
        }
        return false;
    }

    /** In do-sync the copy applies no batch that ends at the replay's batch in hand, or after it (C24). */
    private boolean isOutOfBounds(Batch batch) {
        return table.state().is(Kind.DO_SYNC)
                && batch.tick().id() >= table.state().tick();
    }

    private Standing apply(Batch batch) {
        try (var transaction = begin()) {
            return connections.use(() -> apply(batch, transaction), transaction.connection());
        }
    }

    private Standing apply(Batch batch, OpenTransaction transaction) {
        var session = transaction.session();
        var standing = position.begin(session, batch);
        if (standing == Standing.ELSEWHERE) {
            position.get(session).ifPresent(consumer::setBack);
        }
        if (standing != Standing.ACTIVE) {
            return standing;
        }
        applyEvents(batch, transaction);
        // Only now the replay has to wait for us, and only until we commit; its own batch may take long.
        transaction.lockTimeout(Duration.ZERO);
        measure(batch.tick());
        var held = hold(session);
        if (isOutOfBounds(batch)) {
            return Standing.ELSEWHERE;
        }
        position.end(session, batch.tick());
        var next = advance(session, held, batch.tick());
        transaction.commit();
        enter(next);
        return standing;
    }

    private void applyEvents(Batch batch, OpenTransaction transaction) {
        try (var applier = appliers.open(transaction.connection(), List.of(table))) {
            consumer.read(batch, events -> rows.apply(events, applier, transaction.session()));
            applier.flush();
        }
    }

    /**
     * Once the copy has passed the newest snapshot of its ranges, the table is what the provider's was at that tick, and
     * what is unique can be unique again (C23). An index is built for as long as it takes: nothing else is held meanwhile.
     */
    private boolean mergeRanges() {
        if (rows.isOfOneSnapshot() || !hasPassedSnapshot()) {
            return false;
        }
        try (var transaction = OpenTransaction.readCommitted(job.subscriber(), Duration.ZERO)) {
            connections.use(
                    () -> {
                        ranges.settle(transaction.session());
                        return null;
                    },
                    transaction.connection());
            transaction.commit();
        }
        rows = new RowsOfOneSnapshot(table);
        LOG.info("{}/{} - {}: past all snapshots of its ranges", job.queue(), job.consumer(), table.name());
        return true;
    }

    private boolean hasPassedSnapshot() {
        try (var transaction = begin()) {
            return hasPassedSnapshot(copied(transaction.session()));
        }
    }

    /** With the tick that tells whether it is the provider's that was copied. */
    private boolean hasPassedSnapshot(Tick copied) {
        return copied.snapshot().includes(table.snapshot()) && after.isReached(copied);
    }

    private Tick copied(JdbcSession session) {
        return position.get(session).flatMap(completed -> completed.tick()).orElseThrow(() -> vanished());
    }

    /** No batch to apply: looks where the replay stands. Answers whether the state changed. */
    private boolean settle() {
        try (var transaction = begin()) {
            var session = transaction.session();
            var copied = copied(session);
            measure(copied);
            var held = hold(session);
            var next = advance(session, held, copied);
            if (next.isPresent()) {
                transaction.commit();
            }
            return enter(next);
        }
    }

    private OpenTransaction begin() {
        return OpenTransaction.readCommitted(job.subscriber(), job.lockTimeout());
    }

    /** Keeps the replay from moving, and learns what it has asked meanwhile. */
    private TableStates.Held hold(JdbcSession session) {
        var held = states.hold(session, table);
        if (!held.state().equals(table.state())) {
            table = table.in(held.state());
        }
        if (!table.state().isCatchingUp()) {
            throw new PgqException(
                    "Table " + table.name() + " is " + table.state() + " now",
                    job.facts().sqlState("LD008"),
                    null);
        }
        return held;
    }

    /** The state that the table enters now that its copy stands at {@code copied}; empty when it stays. */
    private Optional<TableState> advance(JdbcSession session, TableStates.Held held, Tick copied) {
        if (!rows.isOfOneSnapshot() || !hasPassedSnapshot(copied)) {
            return Optional.empty();
        }
        boolean reached = copied.id() >= held.replayTick();
        if (table.state().is(Kind.DO_SYNC) && reached) {
            states.handOver(session, table, copied);
            return Optional.of(TableState.OK);
        }
        if (table.state().is(Kind.CATCHING_UP) && (reached || behind.compareTo(CLOSE_ENOUGH) < 0)) {
            var wanted = TableState.wannaSync(copied.id());
            states.change(session, table, wanted);
            return Optional.of(wanted);
        }
        return Optional.empty();
    }

    /** Asks the provider, which may be gone: never while the replay has to wait for us. */
    private void measure(Tick copied) {
        behind = Duration.between(copied.time(), consumer.now());
    }

    private boolean enter(Optional<TableState> next) {
        next.ifPresent(state -> {
            LOG.info("{}/{} - {}: {} -> {}", job.queue(), job.consumer(), table.name(), table.state(), state);
            table = table.in(state);
        });
        return next.isPresent();
    }
}
