package dev.londiste.replication.sync;

import dev.londiste.pgq.Tick;
import dev.londiste.pgq.TxidSnapshot;
import dev.londiste.pgq.jdbc.JdbcSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * The states of a queue's tables on the subscriber. Stateless and thread-safe; every call belongs to the transaction of
 * the session it is given. Changes are compare-and-set: LD008 when the table has moved on (C17).
 */
public final class TableStates {

    static final String ALL = """
            select nr, table_name, dest_table, merge_state, snapshot, copy_attempt, skip_truncate, parked_reason,
                   from_partitions, has_failed, expect_sync, source_columns, row_filter, column_list, expression_columns, expressions, on_conflict, on_failure
              from londiste.table_states(?)
            """;

    private static final String CHANGE = """
            select londiste.change_table_state(?, ?, ?, ?, ?, ?)
            """;

    private static final String BEGIN_COPY = """
            select londiste.begin_copy(?, ?, ?, ?)
            """;

    private static final String COPY_ANEW = """
            select londiste.copy_anew(?, ?, ?, ?)
            """;

    private static final String END_LOAD = """
            select londiste.end_load(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String HOLD = """
            select replay_tick_id, merge_state from londiste.hold_table(?, ?, ?, ?)
            """;

    private static final String HAND_OVER = """
            select londiste.hand_over(?, ?, ?, ?, ?, ?)
            """;

    private static final String FORGET_SNAPSHOT = """
            select londiste.forget_snapshot(?, ?, ?)
            """;

    private static final String PARK = """
            select londiste.park_table(?, ?, ?)
            """;

    private final Job job;

    public TableStates(Job job) {
        this.job = job;
    }

    /** All tables of the queue in the order of their registration. */
    public List<SubscriberTable> all(JdbcSession session) {
        return session.query(ALL, TableStates::table, job.queue());
    }

    static SubscriberTable table(ResultSet row) throws SQLException {
        var snapshot = row.getString("snapshot");
        return new SubscriberTable(
                row.getInt("nr"),
                row.getString("table_name"),
                row.getString("dest_table"),
                TableState.parse(row.getString("merge_state")),
                snapshot == null ? null : TxidSnapshot.parse(snapshot),
                row.getInt("copy_attempt"),
                row.getBoolean("skip_truncate"),
                row.getString("parked_reason"),
                row.getBoolean("from_partitions"),
                row.getBoolean("has_failed"),
                row.getBoolean("expect_sync"),
                TableAttributes.texts(row.getArray("source_columns")),
                TableAttributes.read(row));
    }

    /** Moves a table from the state it was read in; its snapshot stays. */
    public SubscriberTable change(JdbcSession session, SubscriberTable table, TableState to) {
        session.one(
                CHANGE,
                row -> true,
                job.queue(),
                table.name(),
                table.attempt(),
                table.state().mergeState(),
                to.mergeState(),
                table.snapshotText().orElse(null));
        return table.in(to);
    }

    /** NEW, or in-copy of a dead attempt, becomes in-copy of a new one; its foreign keys are saved and dropped. */
    public SubscriberTable beginCopy(JdbcSession session, SubscriberTable table) {
        int attempt = session.one(
                BEGIN_COPY, row -> row.getInt(1), job.consumer(), job.queue(), table.name(), table.attempt());
        return table.in(TableState.IN_COPY, null, attempt);
    }

    /** A copy without a position becomes NEW. Answers false when it is someone else's now. */
    public boolean copyAnew(JdbcSession session, SubscriberTable table) {
        return session.one(
                COPY_ANEW, row -> row.getBoolean(1), job.consumer(), job.queue(), table.name(), table.attempt());
    }

    /** in-copy becomes catching-up: the table has {@code snapshot}, and its copy stands at {@code tick}, taken before it. */
    public SubscriberTable endLoad(
            JdbcSession session, SubscriberTable table, TxidSnapshot snapshot, Tick tick, long rows, long bytes) {
        session.one(
                END_LOAD,
                row -> true,
                job.consumer(),
                job.copyConsumer(table),
                job.queue(),
                table.name(),
                table.attempt(),
                snapshot.toString(),
                tick.id(),
                tick.time(),
                tick.snapshot().toString(),
                rows,
                bytes);
        return loaded(table, snapshot);
    }

    /** The table as it is once its load has ended. */
    public static SubscriberTable loaded(SubscriberTable table, TxidSnapshot snapshot) {
        return table.in(TableState.CATCHING_UP, snapshot, table.attempt());
    }

    /** Holds the replay's position and the table's state until the end of the transaction. */
    public Held hold(JdbcSession session, SubscriberTable table) {
        return session.one(
                HOLD,
                row -> new Held(row.getLong("replay_tick_id"), TableState.parse(row.getString("merge_state"))),
                job.consumer(),
                job.queue(),
                table.name(),
                table.attempt());
    }

    /** do-sync becomes ok, with what is visible at the copy's tick as the snapshot that the replay skips. */
    public void handOver(JdbcSession session, SubscriberTable table, Tick copied) {
        session.one(
                HAND_OVER,
                row -> true,
                job.copyConsumer(table),
                job.queue(),
                table.name(),
                table.attempt(),
                table.state().mergeState(),
                copied.snapshot().toString());
    }

    /** No event of the table can be older than its snapshot any more. */
    public void forgetSnapshot(JdbcSession session, SubscriberTable table) {
        session.one(
                FORGET_SNAPSHOT,
                row -> true,
                job.queue(),
                table.name(),
                table.snapshotText().orElseThrow());
    }

    /** The table keeps its state and takes no part any more (C35). */
    public void park(JdbcSession session, SubscriberTable table, String reason) {
        session.one(PARK, row -> true, job.queue(), table.name(), reason);
    }

    /**
     * What stands still while a copy's transaction is open.
     *
     * @param replayTick where the replay stands
     * @param state of the table
     */
    public record Held(long replayTick, TableState state) {}
}
