package dev.londiste.replication.sync;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.LostPositionException;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.Tick;
import dev.londiste.pgq.TxidSnapshot;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.sync.JobPosition.Completed;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What to do when provider and subscriber do not agree on where the consumer stands (C18, C19): go to where the
 * subscriber stands if the provider still has that very tick, otherwise stop. Stateless and thread-safe.
 */
public final class PositionRecovery {

    private static final Logger LOG = LoggerFactory.getLogger(PositionRecovery.class);

    private static final String WAY_OUT =
            "; SUBSCRIBER_UNREGISTER sets all tables to NEW, so that they are copied again";

    private static final String TICK = """
            select tick_id, tick_time, tick_snapshot::text as tick_snapshot from pgq_client.tick_info(?, ?)
            """;

    private static final String REWIND = """
            select pgq.register_consumer_at(?, ?, ?)
            """;

    private final Job job;
    private final JobPosition position;
    private final Jdbc provider;
    private final Jdbc subscriber;

    public PositionRecovery(Job job) {
        this.job = job;
        this.position = new JobPosition(job.queue(), job.consumer());
        this.provider = new Jdbc(job.provider()).lockTimeout(job.lockTimeout());
        this.subscriber = new Jdbc(job.subscriber()).lockTimeout(job.lockTimeout());
    }

    /** The tick at which a consumer that is not registered must be registered; empty: anywhere. */
    public Optional<Tick> whereToRegister() {
        return subscriber.inTransaction(session -> {
            var completed = position.get(session);
            if (completed.isPresent()) {
                return Optional.of(identified(completed.get()));
            }
            position.tablePastNew(session).ifPresent(table -> {
                throw lost("Job " + job.name() + " has no position, but table " + table + " was copied already");
            });
            return Optional.empty();
        });
    }

    private Tick identified(Completed completed) {
        return completed
                .tick()
                .or(() -> provider.inAutoCommit(session -> tickOnProvider(session, completed)))
                .orElseThrow(() -> lost("Job " + job.name() + " stands at tick " + completed.tickId()
                        + ", which the provider does not have any more"));
    }

    /** Moves the consumer to where the subscriber stands: one of the two servers was restored to an earlier moment. */
    void rewind(Batch batch) {
        var tick = rewind();
        LOG.warn(
                "{}/{} - consumer moved from tick {} to tick {}, where the subscriber stands",
                job.queue(),
                job.consumer(),
                batch.previous().id(),
                tick.id());
    }

    /** Moves the consumer to where the subscriber stands, if the provider still has that very tick. */
    public Tick rewind() {
        var completed = subscriber
                .inAutoCommit(position::get)
                .orElseThrow(() -> lost("Job " + job.name() + " has no position on the subscriber to rewind to"));
        return provider.inTransaction(session -> {
            var tick = tickOnProvider(session, completed)
                    .orElseThrow(() -> lost("Job " + job.name() + " stands at tick " + completed.tickId()
                            + (completed.time() == null ? "" : " of " + completed.time())
                            + ", and the provider does not have that tick any more"));
            session.one(REWIND, row -> true, job.queue(), job.consumer(), tick.id());
            return tick;
        });
    }

    private Optional<Tick> tickOnProvider(JdbcSession session, Completed completed) {
        return session.first(TICK, PositionRecovery::tick, job.queue(), completed.tickId())
                .filter(completed::isTick);
    }

    private static Tick tick(ResultSet row) throws SQLException {
        var time = row.getObject("tick_time", OffsetDateTime.class);
        return time == null
                ? null
                : new Tick(
                        row.getLong("tick_id"), time.toInstant(), TxidSnapshot.parse(row.getString("tick_snapshot")));
    }

    private PgqException lost(String sentence) {
        return new LostPositionException(
                sentence + WAY_OUT,
                new Facts(job.queue(), job.consumer(), null, null, null, JobPosition.LOST_POSITION),
                null);
    }
}
