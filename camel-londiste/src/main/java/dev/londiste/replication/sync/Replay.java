package dev.londiste.replication.sync;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.BatchLeftException;
import dev.londiste.pgq.BatchParticipant;
import dev.londiste.pgq.Event;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.Tick;
import dev.londiste.pgq.jdbc.Jdbc;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replay of a job: applies each batch in one transaction of the subscriber, together with the position, so that a
 * batch is applied exactly once whatever dies. Beside that it hands tables over from their copies.
 *
 * <p>All calls of {@link BatchParticipant} and {@link #accept} come from the consumer's thread; {@link #close} and
 * {@link #statistics} may come from any.
 *
 * <p>The crash window: between the commit here and the consumer's finish_batch. The batch comes again and is answered
 * ALREADY_APPLIED.
 */
public final class Replay implements BatchParticipant, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Replay.class);

    /** A participant may not block its consumer: whoever holds the position meanwhile, we ask again at the next poll. */
    private static final Duration BEGIN_LOCK_TIMEOUT = Duration.ofMillis(100);

    /** Operations that change a state force a tick, and a batch looks as well (C28): at rest nothing else is expected. */
    private static final Duration IDLE_INTERVAL = Duration.ofSeconds(2);

    private static final Duration COPYING_INTERVAL = Duration.ofMillis(200);
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private final Job job;
    private final ChangeAppliers appliers;
    private final CopySupervisor copies;
    private final ForeignKeyRestorer foreignKeys;
    private final Clock clock;
    private final Jdbc subscriber;
    private final TableStates states;
    private final JobPosition position;
    private final PositionRecovery recovery;
    private final HandOver handOver;
    private final JobLock lock;
    private final SequenceFollower sequences;
    private final PartitionWatch partitions;
    private final RestartedCopies restarted;
    private final Obstacles obstacles;
    private final Mirror mirror;
    private final ReplayStatistics statistics;
    private final boolean routeTransforms;
    private OpenBatch open;
    /** It comes again for another participant of its consumer. */
    private Batch appliedBefore;

    private Instant nextIdle = Instant.MIN;

    /**
     * @param routeTransforms whether the route may keep events of tables that were copied, or of a mirror, to itself
     */
    public Replay(
            Job job,
            ChangeAppliers appliers,
            CopySupervisor copies,
            ForeignKeyRestorer foreignKeys,
            Mirror mirror,
            boolean routeTransforms,
            Clock clock) {
        this.job = job;
        this.routeTransforms = routeTransforms;
        this.mirror = mirror;
        this.appliers = appliers;
        this.copies = copies;
        this.foreignKeys = foreignKeys;
        this.clock = clock;
        this.subscriber = new Jdbc(job.subscriber());
        this.states = new TableStates(job);
        this.position = new JobPosition(job.queue(), job.consumer());
        this.recovery = new PositionRecovery(job);
        this.handOver = new HandOver(job, states);
        this.sequences = new SequenceFollower(job, clock);
        this.partitions = new PartitionWatch(job, states, clock);
        this.restarted = new RestartedCopies(job, copies);
        this.obstacles = new Obstacles(job, states, restarted);
        this.lock = new JobLock(job.subscriber(), job.consumer());
        this.statistics = new ReplayStatistics(job);
    }

    public Job job() {
        return job;
    }

    public ReplayStatistics statistics() {
        return statistics;
    }

    @Override
    public Optional<Tick> position() {
        return recovery.whereToRegister();
    }

    @Override
    public synchronized void idle() {
        var now = clock.instant();
        if (now.isBefore(nextIdle)) {
            return;
        }
        nextIdle = now.plus(IDLE_INTERVAL);
        statistics.idle(now);
        if (isActive()) {
            mirror.idle();
            var tables = subscriber.inAutoCommit(states::all);
            supervise(tables);
            if (tables.stream().anyMatch(SubscriberTable::isOnTheWay)) {
                nextIdle = now.plus(COPYING_INTERVAL);
            }
        }
    }

    private boolean isActive() {
        boolean active = lock.acquire();
        if (statistics.active(active)) {
            LOG.info(
                    "{}/{} - {}",
                    job.queue(),
                    job.consumer(),
                    active ? "this process replays the job" : "standing by: another process replays the job");
        }
        if (!active) {
            copies.stop();
        }
        return active;
    }

    private void supervise(List<SubscriberTable> tables) {
        statistics.tables(tables);
        copies.supervise(restarted.without(tables));
        foreignKeys.look();
    }

    @Override
    public synchronized Stance begin(Batch batch) {
        checkConcerns(batch);
        abandon();
        appliedBefore = null;
        if (!isActive()) {
            return Stance.STANDING_BY;
        }
        var transaction = OpenTransaction.toBeBegun(job.subscriber());
        boolean begun = false;
        try {
            var stance = begin(batch, transaction);
            begun = true;
            return stance;
        } catch (PgqException e) {
            if (e.is(LOCK_NOT_AVAILABLE)) {
                return Stance.STANDING_BY;
            }
            throw e;
        } finally {
            if (!begun) {
                abandon();
            }
            if (open == null) {
                transaction.close();
            }
        }
    }

    private Stance begin(Batch batch, OpenTransaction transaction) {
        var start = BatchStart.in(transaction, job, position, batch, BEGIN_LOCK_TIMEOUT);
        if (start.standing() == JobPosition.Standing.ELSEWHERE) {
            transaction.close();
            recovery.rewind(batch);
            return Stance.STANDING_BY;
        }
        if (start.standing() == JobPosition.Standing.APPLIED) {
            mirror.ticked(batch);
            appliedBefore = batch;
            return Stance.ALREADY_APPLIED;
        }
        sequences.begin(start.hasSequences());
        var tables = handOver.answer(transaction.session(), start.tables(), batch.tick());
        if (HandOver.isPending(tables)) {
            transaction.commit();
            supervise(tables);
            return Stance.STANDING_BY;
        }
        mirror.beginning(batch);
        var replayed = new ReplayedTables(partitions.check(transaction.session(), tables));
        open = new OpenBatch(
                batch,
                replayed,
                transaction,
                () -> appliers.open(transaction.connection(), replayed.all()),
                new RemovedTables(job),
                new ExecutedScripts(job, tables),
                new ColumnWatch(job),
                mirror.open(transaction.session(), batch));
        supervise(tables);
        return Stance.ACTIVE;
    }

    private void checkConcerns(Batch batch) {
        if (!batch.queue().equals(job.queue()) || !batch.consumer().equals(job.consumer())) {
            throw new PgqException(
                    "Job " + job.name() + " follows queue " + job.queue() + " as consumer " + job.consumer()
                            + ", and was given a batch of queue " + batch.queue() + " and consumer "
                            + batch.consumer(),
                    Facts.of(batch),
                    null);
        }
    }

    /**
     * Takes an event of the open batch, on the thread that began it, in the order of the batch. One of a batch that was
     * applied before is passed over.
     */
    public synchronized void accept(long batchId, Event event) {
        if (appliedBefore != null && appliedBefore.id() == batchId) {
            return;
        }
        if (open == null) {
            throw new PgqException(
                    "Event " + event.id() + " came without an open batch; job " + job.name()
                            + " takes events only while its consumer pgq:" + job.queue() + "?consumerName="
                            + job.consumer() + " routes their batch",
                    job.facts().event(event.id()),
                    null);
        }
        open.accept(batchId, event);
    }

    @Override
    public synchronized void routed(Batch batch, OptionalLong events) {
        if (open != null && !routeTransforms) {
            open.requireWhole(events);
        }
    }

    @Override
    public synchronized void commit(Batch batch) {
        if (open == null || open.batch().id() != batch.id()) {
            throw new PgqException("Batch " + batch.id() + " is not open", Facts.of(batch), null);
        }
        try (var ending = open) {
            ending.flush();
            if (!lock.isHeld()) {
                throw new PgqException(
                        "Job " + job.name() + " lost its lock while it replayed batch " + batch.id(),
                        Facts.of(batch),
                        null);
            }
            end(ending);
        } finally {
            open = null;
        }
    }

    private void end(OpenBatch ending) {
        var session = ending.transaction().session();
        var tick = ending.batch().tick();
        sequences.end(session, position, tick, ending.applied() > 0);
        var outgrown = ending.tables().outgrown(tick);
        outgrown.forEach(table -> states.forgetSnapshot(session, table));
        ending.transaction().commit();
        mirror.ticked(ending.batch());
        restarted.release();
        statistics.committed(ending, clock.instant());
        if (!outgrown.isEmpty()) {
            foreignKeys.lookSoon();
        }
    }

    @Override
    public synchronized void rollback(Batch batch, Throwable cause) {
        if (!(cause instanceof BatchLeftException)) {
            statistics.failed(cause);
        }
        abandon();
        if (statistics.snapshot().active()) {
            obstacles.remove(cause);
        }
    }

    private void abandon() {
        var abandoned = open;
        open = null;
        if (abandoned != null) {
            abandoned.close();
        }
    }

    /** Rolls back what is open, stops the copies, gives the job's lock back. */
    @Override
    public synchronized void close() {
        copies.stop();
        try {
            abandon();
        } finally {
            lock.close();
        }
    }
}
