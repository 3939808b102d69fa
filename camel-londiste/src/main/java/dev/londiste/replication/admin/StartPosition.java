package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.pgq.Tick;
import dev.londiste.pgq.TxidSnapshot;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.JobPosition;
import dev.londiste.replication.sync.JobPosition.Completed;
import dev.londiste.replication.sync.PositionRecovery;
import java.time.OffsetDateTime;

/**
 * The position of a job whose tables are in sync before its first batch: from there on it needs every change. Thread-safe.
 */
final class StartPosition {

    private static final String TICK_BEFORE = """
            select tick_id, tick_time, tick_snapshot from londiste.tick_before(?, ?)
            """;

    private static final String REGISTER = """
            select registered from pgq_client.register(?, ?, ?, ?, ?)
            """;

    private static final String START = """
            select londiste.start_position(?, ?, ?, ?, ?)
            """;

    /** A batch that is being applied is waited for, and none begins before the transaction ends. */
    private static final String HOLD = """
            select londiste.hold_position(?)
            """;

    private final Job job;
    private final PgqConsumerClient consumer;
    private final PgqQueue queue;

    StartPosition(Job job) {
        this.job = job;
        this.consumer =
                new PgqConsumerClient(job.provider(), job.queue(), job.consumer()).lockTimeout(job.lockTimeout());
        this.queue = new PgqQueue(job.provider(), job.queue()).lockTimeout(job.lockTimeout());
    }

    /** The tick that the job must begin at for tables whose rows are of the snapshot, or with null of now. */
    Tick find(TxidSnapshot rows) {
        var position = new PositionRecovery(job)
                .whereToRegister()
                .or(() -> consumer.info().map(info -> tick(info.get("last_tick"))))
                .orElseGet(() -> rows == null ? tick(queue.info().get("last_tick_id")) : tickBefore(rows));
        requireBefore(rows, position);
        return position;
    }

    private Tick tick(Object id) {
        return queue.tick(((Number) id).longValue()).orElseThrow(() -> refused("Tick " + id + " has just gone"));
    }

    private Tick tickBefore(TxidSnapshot rows) {
        return new Jdbc(job.provider())
                .first(
                        TICK_BEFORE,
                        row -> new Tick(
                                row.getLong("tick_id"),
                                row.getObject("tick_time", OffsetDateTime.class).toInstant(),
                                TxidSnapshot.parse(row.getString("tick_snapshot"))),
                        job.queue(),
                        rows.toString())
                .orElseThrow(() -> refused("Snapshot " + rows + " is older than the events that queue " + job.queue()
                        + " still has: load the tables anew"));
    }

    /** What the job has passed already comes to no table any more. */
    private void requireBefore(TxidSnapshot rows, Tick position) {
        if (rows != null && !rows.includes(position.snapshot())) {
            throw refused("Job " + job.name() + " stands at tick " + position.id()
                    + ", which is not before the snapshot " + rows
                    + " of the rows: stop the replay before you load, or let the table be copied");
        }
    }

    /**
     * Registers the consumer in the provider's transaction of the addition: a consumer that is left behind by one that was
     * refused would keep the queue's events for nobody.
     */
    void register(JdbcSession provider, Tick position) {
        provider.one(
                REGISTER,
                row -> true,
                job.queue(),
                job.consumer(),
                position.id(),
                position.time(),
                position.snapshot().toString());
    }

    /** What {@link #register} does, for psql. */
    String registrationText(Tick position) {
        return SqlText.of(
                REGISTER,
                job.queue(),
                job.consumer(),
                position.id(),
                position.time(),
                position.snapshot().toString());
    }

    /**
     * The subscriber's part of the position; one that is there already stays. The replay may have moved it since {@link #find},
     * over events that the rows of the snapshot lack, so it is looked at again under a lock.
     */
    void begin(Changes subscriber, Tick position, TxidSnapshot rows) {
        subscriber.call(
                START,
                job.consumer(),
                job.queue(),
                position.id(),
                position.time(),
                position.snapshot().toString());
        if (rows != null) {
            requireBefore(rows, held(subscriber.session()));
        }
    }

    private Tick held(JdbcSession subscriber) {
        long id = subscriber.one(HOLD, row -> row.getLong(1), job.consumer());
        return new JobPosition(job.queue(), job.consumer())
                .get(subscriber)
                .flatMap(Completed::tick)
                .orElseGet(() -> tick(id));
    }

    private PgqException refused(String sentence) {
        return new PgqException(sentence, job.facts().sqlState("LD009"), null);
    }
}
