package dev.londiste.replication.copy;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.LostPositionException;
import dev.londiste.pgq.Tick;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.JobPosition.Completed;
import dev.londiste.replication.sync.SubscriberTable;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * A tick from after the snapshots that a copy has read by, made while the newest of them was open. A provider that was
 * restored, or has failed over, may have the tick where the copy begins to catch up, and lack transactions that are in its
 * rows: then it lacks this tick as well, or has another one of its number (C19). Not thread-safe.
 *
 * <p>None is known of queues that are ticked by somebody else, and of copies that older versions began.
 */
final class TickAfterSnapshot {

    private static final String NOTE = """
            select londiste.note_tick_after(?, ?, ?, ?, ?, ?)
            """;

    private static final String GET = """
            select tick_id, tick_time, tick_snapshot from londiste.get_tick_after(?, ?)
            """;

    private final Job job;
    private final SubscriberTable table;
    private final CopyConsumer consumer;
    private Completed known;

    TickAfterSnapshot(Job job, SubscriberTable table, CopyConsumer consumer) {
        this.job = job;
        this.table = table;
        this.consumer = consumer;
    }

    /** Makes one for the rows that are still to be read from the source. */
    Optional<Tick> make(CopySource source) {
        var tick = consumer.tickNow();
        source.requireOpen();
        return tick;
    }

    /** Together with what makes the rows of other snapshots count, or no longer. */
    void note(JdbcSession session, Optional<Tick> tick) {
        session.one(
                NOTE,
                row -> true,
                job.queue(),
                table.name(),
                table.attempt(),
                tick.map(Tick::id).orElse(null),
                tick.map(Tick::time).orElse(null),
                tick.map(known -> known.snapshot().toString()).orElse(null));
    }

    /** Learns which one was noted. */
    TickAfterSnapshot read(JdbcSession session) {
        known = session.first(GET, TickAfterSnapshot::completed, job.queue(), table.name())
                .orElse(null);
        return this;
    }

    private static Completed completed(ResultSet row) throws SQLException {
        return new Completed(
                row.getLong("tick_id"),
                row.getObject("tick_time", OffsetDateTime.class).toInstant(),
                row.getString("tick_snapshot"));
    }

    /** Whether the provider has it. */
    boolean isThere() {
        return known == null || consumer.has(known);
    }

    /**
     * Called before a batch is applied: later the provider may have forgotten its tick.
     *
     * @throws LostPositionException when the batch ends at or after the tick, and the provider has another
     */
    void require(Batch batch) {
        if (known != null && batch.previous().id() < known.tickId() && isReached(batch.tick())) {
            consumer.require(known);
        }
    }

    boolean isReached(Tick copied) {
        return known == null || copied.id() >= known.tickId();
    }
}
