package dev.londiste.pgq;

import dev.londiste.pgq.jdbc.Jdbc;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The one statement that a poll is. It may tick, which needs READ COMMITTED: alone it runs in the isolation level of the
 * pool, so where that is another one it gets a transaction of its own. Thread-safe.
 */
final class PollStatement {

    private final Jdbc jdbc;
    private final String sql;
    private final String queue;
    private final String consumer;
    /** Set once the pool turned out to hand out another isolation level than the ticker accepts. */
    private final AtomicBoolean needsTransaction = new AtomicBoolean();

    /**
     * @param sql a function call whose row describes a batch as {@code pgq_client.poll} does
     */
    PollStatement(Jdbc jdbc, String sql, String queue, String consumer) {
        this.jdbc = jdbc;
        this.sql = sql;
        this.queue = queue;
        this.consumer = consumer;
    }

    Optional<Batch> run(Object... parameters) {
        return needsTransaction.get() ? inTransaction(parameters) : inOneStatement(parameters);
    }

    private Optional<Batch> inOneStatement(Object... parameters) {
        try {
            return jdbc.first(sql, this::batch, parameters);
        } catch (PgqException e) {
            if (!e.is(SqlStates.WRONG_ISOLATION)) {
                throw e;
            }
            needsTransaction.set(true);
            return inTransaction(parameters);
        }
    }

    private Optional<Batch> inTransaction(Object... parameters) {
        return jdbc.inTransaction(session -> session.first(sql, this::batch, parameters));
    }

    private Batch batch(ResultSet row) throws SQLException {
        var id = row.getObject("batch_id", Long.class);
        if (id == null) {
            return null;
        }
        return new Batch(
                queue,
                consumer,
                id,
                TickRow.read(row, "prev_tick_id", "prev_tick_time", "prev_tick_snapshot"),
                TickRow.read(row, "cur_tick_id", "cur_tick_time", "cur_tick_snapshot"),
                row.getLong("prev_event_seq"),
                row.getLong("cur_event_seq"));
    }
}
