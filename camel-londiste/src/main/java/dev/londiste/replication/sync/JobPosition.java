package dev.londiste.replication.sync;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.LostPositionException;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.Tick;
import dev.londiste.pgq.TxidSnapshot;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.pgq.jdbc.JdbcSession.RowReader;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Where a consumer stands on the subscriber: a row of {@code londiste.completed}, which moves in the transactions that
 * apply its batches. Stateless and thread-safe; every call belongs to the transaction of the session it is given.
 */
public final class JobPosition {

    static final String LOST_POSITION = "LD007";

    static final String BEGIN = """
            select londiste.begin_batch(?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String END = """
            select londiste.end_batch(?, ?, ?, ?)
            """;

    private static final String GET = """
            select tick_id, tick_time, tick_snapshot from londiste.get_position(?)
            """;

    private static final String TABLE_PAST_NEW = """
            select londiste.table_past_new(?)
            """;

    private final String queue;
    private final String consumer;

    public JobPosition(String queue, String consumer) {
        this.queue = queue;
        this.consumer = consumer;
    }

    /**
     * Locks the position until the end of the transaction and compares it with the batch (C17, C19).
     *
     * @throws LostPositionException when the batch does not continue where the position is
     */
    public Standing begin(JdbcSession session, Batch batch) {
        return explained(batch, () -> session.one(BEGIN, row -> Standing.of(row.getString(1)), parameters(batch)));
    }

    Object[] parameters(Batch batch) {
        return new Object[] {
            consumer,
            queue,
            batch.previous().id(),
            batch.previous().time(),
            batch.previous().snapshot().toString(),
            batch.tick().id(),
            batch.tick().time(),
            batch.tick().snapshot().toString()
        };
    }

    static <T> T explained(Batch batch, Supplier<T> beginning) {
        try {
            return beginning.get();
        } catch (PgqException e) {
            if (e.is(LOST_POSITION)) {
                throw new LostPositionException(
                        e.getMessage(), PgqException.Facts.of(batch).sqlState(LOST_POSITION), e);
            }
            throw e;
        }
    }

    /** Moves the position to the end of a batch that {@link #begin} answered {@link Standing#ACTIVE} for. */
    public void end(JdbcSession session, Tick tick) {
        session.one(
                END,
                row -> true,
                consumer,
                tick.id(),
                tick.time(),
                tick.snapshot().toString());
    }

    /** As {@link #end(JdbcSession, Tick)}, with another query of one row in the same round trip. */
    void end(JdbcSession session, Tick tick, String with, Object... parameters) {
        session.inOneTrip(
                END + ";" + with,
                List.of(RowReader.NOTHING, RowReader.NOTHING),
                Stream.concat(
                                Stream.of(
                                        consumer,
                                        tick.id(),
                                        tick.time(),
                                        tick.snapshot().toString()),
                                Stream.of(parameters))
                        .toArray());
    }

    public Optional<Completed> get(JdbcSession session) {
        return session.first(
                GET,
                row -> {
                    var time = row.getObject("tick_time", OffsetDateTime.class);
                    return new Completed(
                            row.getLong("tick_id"),
                            time == null ? null : time.toInstant(),
                            row.getString("tick_snapshot"));
                },
                consumer);
    }

    /** A table of the queue that was copied already, or is being copied. */
    public Optional<String> tablePastNew(JdbcSession session) {
        return session.first(TABLE_PAST_NEW, row -> row.getString(1), queue);
    }

    /** How a batch relates to the position. */
    public enum Standing {
        /** It continues there. */
        ACTIVE,
        /** The position is its end. */
        APPLIED,
        /** The position lies before it or after it. */
        ELSEWHERE;

        static Standing of(String answer) {
            return valueOf(answer.toUpperCase(Locale.ROOT));
        }
    }

    /**
     * A stored position. Those that SkyTools stored know neither time nor snapshot: both are null then.
     */
    public record Completed(long tickId, Instant time, String snapshot) {

        /** The whole tick, if time and snapshot are known. */
        public Optional<Tick> tick() {
            return time == null || snapshot == null
                    ? Optional.empty()
                    : Optional.of(new Tick(tickId, time, TxidSnapshot.parse(snapshot)));
        }

        /** Whether it is that tick, as far as it knows. */
        public boolean isTick(Tick tick) {
            return tickId == tick.id()
                    && (time == null || time.equals(tick.time()))
                    && (snapshot == null || snapshot.equals(tick.snapshot().toString()));
        }
    }
}
