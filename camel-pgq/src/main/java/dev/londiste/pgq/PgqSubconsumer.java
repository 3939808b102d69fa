package dev.londiste.pgq;

import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.jdbc.Jdbc;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of several workers that share the batches of a consumer (pgq_coop). A worker that is silent for longer than the dead
 * interval loses its batch to another, so a busy one speaks up every third of it (C15). Thread-safe.
 */
public final class PgqSubconsumer implements BatchSource {

    private static final Logger LOG = LoggerFactory.getLogger(PgqSubconsumer.class);

    /** A short statement that takes longer means a dead or hanging server. */
    private static final Duration SILENCE = Duration.ofSeconds(20);

    private static final String POLL = """
            select * from pgq_client.poll_worker(?, ?, ?, ?, cast(? as interval), cast(? as int4), cast(? as interval),
                                                 cast(? as interval))
            """;
    private static final String FINISH = "select pgq_coop.finish_batch(?)";

    private final Jdbc jdbc;
    private final String queue;
    private final String consumer;
    private final String worker;
    private final Duration deadInterval;
    private final ScheduledExecutorService keepers;
    private final QueueErrors errors;
    private final PollStatement poll;

    /**
     * @param keepers runs the signs of life of a busy worker; it stays the caller's
     */
    public PgqSubconsumer(
            DataSource database,
            String queue,
            String consumer,
            String worker,
            Duration deadInterval,
            ScheduledExecutorService keepers) {
        this.jdbc = new Jdbc(database).silence(SILENCE);
        this.queue = queue;
        this.consumer = consumer;
        this.worker = worker;
        this.deadInterval = deadInterval;
        this.keepers = keepers;
        this.errors = new QueueErrors(queue, consumer);
        this.poll = new PollStatement(jdbc, POLL, queue, consumer);
    }

    /** Costs one statement. */
    @Override
    public Optional<Batch> poll(PollOptions options) {
        return errors.explained(() -> poll.run(
                queue,
                consumer,
                worker,
                options.tick(),
                PollOptions.text(options.minLag()),
                options.minCount(),
                PollOptions.text(options.minInterval()),
                PollOptions.text(deadInterval)));
    }

    @Override
    public void finish(Batch batch) {
        int finished = errors.explained(() -> jdbc.<Integer>one(FINISH, row -> row.getInt(1), batch.id()));
        if (finished == 0) {
            throw new PgqException(
                    "Batch " + batch.id() + " of consumer " + consumer + " of queue " + queue
                            + " is not ours any more: another worker took it over after deadInterval",
                    Facts.of(batch).sqlState(SqlStates.BATCH_NOT_OWNED),
                    null);
        }
    }

    @Override
    public KeepAlive keepAlive(Batch batch) {
        long every = deadInterval.toNanos() / 3;
        var beats = keepers.scheduleWithFixedDelay(() -> beat(batch), every, every, TimeUnit.NANOSECONDS);
        return () -> beats.cancel(false);
    }

    private void beat(Batch batch) {
        try {
            poll(new PollOptions(false, null, null, null));
        } catch (PgqException e) {
            LOG.warn(
                    "{}/{} - worker {} cannot show that it lives, batch {} may be taken over: {}",
                    queue,
                    consumer,
                    worker,
                    batch.id(),
                    e.getMessage());
        }
    }
}
