package dev.londiste.replication.copy;

import dev.londiste.pgq.Tick;
import dev.londiste.pgq.TxidSnapshot;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.copy.CopyStream.Copied;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.SubscriberTable;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The ranges of one table's copy as the subscriber stores them. Stateless and thread-safe; every call belongs to the
 * transaction of the session it is given, and changes nothing once the table has moved on (LD008).
 */
final class CopyRanges {

    private static final String SHAPE = """
            select key_columns, key_types, shape from londiste.copy_shape(?, ?)
            """;

    private static final String RANGES = """
            select range_nr, lower_key, upper_key, snapshot from londiste.copy_ranges(?, ?)
            """;

    private static final String BEGIN = """
            select londiste.begin_ranges(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String DISCARD = """
            select londiste.discard_copy(?, ?, ?, ?)
            """;

    private static final String END_RANGE = """
            select londiste.end_range(?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String END_ALL = """
            select londiste.end_ranges(?, ?, ?, ?, ?)
            """;

    private static final String SETTLE = """
            select londiste.settle_copy(?, ?, ?, ?)
            """;

    private static final String RANGES_OF = """
            select londiste.ranges_of(?, ?, ?)
            """;

    private static final String EMPTY = """
            select londiste.empty_range(?, ?, ?)
            """;

    private final Job job;
    private final SubscriberTable table;

    CopyRanges(Job job, SubscriberTable table) {
        this.job = job;
        this.table = table;
    }

    /** Empty for a table that is copied whole, or whose copy is settled. */
    Optional<RangePlan> find(JdbcSession session) {
        return session.first(SHAPE, row -> plan(session, row), job.queue(), table.name());
    }

    private RangePlan plan(JdbcSession session, ResultSet row) throws SQLException {
        var key = new CopyKey(texts(row.getArray("key_columns")), texts(row.getArray("key_types")));
        return new RangePlan(
                key, row.getString("shape"), session.query(RANGES, CopyRanges::range, job.queue(), table.name()));
    }

    private static KeyRange range(ResultSet row) throws SQLException {
        var snapshot = row.getString("snapshot");
        return new KeyRange(
                row.getInt("range_nr"),
                bound(row.getArray("lower_key")),
                bound(row.getArray("upper_key")),
                snapshot == null ? null : TxidSnapshot.parse(snapshot));
    }

    private static List<String> bound(Array array) throws SQLException {
        return array == null ? null : texts(array);
    }

    static List<String> texts(Array array) throws SQLException {
        return List.of((String[]) array.getArray());
    }

    /** Whatever an older copy has left goes. */
    void discard(JdbcSession session) {
        session.one(DISCARD, row -> true, job.consumer(), job.queue(), table.name(), table.attempt());
    }

    /** Stores ranges, none of them loaded, and where the copy will catch up from. */
    void begin(JdbcSession session, CopyKey key, String shape, List<List<String>> bounds, Tick from) {
        session.one(
                BEGIN,
                row -> true,
                job.consumer(),
                job.copyConsumer(table),
                job.queue(),
                table.name(),
                table.attempt(),
                key.columnArray(),
                key.typeArray(),
                shape,
                bounds.stream().flatMap(List::stream).toArray(String[]::new),
                from.id(),
                from.time(),
                from.snapshot().toString());
    }

    /** Last in the transaction that loaded the range. */
    void end(JdbcSession session, KeyRange range, TxidSnapshot snapshot, Copied copied) {
        session.one(
                END_RANGE,
                row -> true,
                job.consumer(),
                job.queue(),
                table.name(),
                table.attempt(),
                range.nr(),
                snapshot.toString(),
                copied.rows(),
                copied.bytes());
    }

    /** All are loaded: in-copy becomes catching-up. */
    void endAll(JdbcSession session, TxidSnapshot newest) {
        session.one(
                END_ALL, row -> true, job.consumer(), job.queue(), table.name(), table.attempt(), newest.toString());
    }

    /** Catch-up has passed all snapshots: what is unique comes back, and the ranges go. */
    void settle(JdbcSession session) {
        session.one(SETTLE, row -> true, job.consumer(), job.queue(), table.name(), table.attempt());
    }

    /** The number of the range of each key, which come one after the other, column by column. */
    int[] of(JdbcSession session, List<String> keys) {
        return session.one(
                RANGES_OF,
                row -> {
                    var numbers = (Integer[]) row.getArray(1).getArray();
                    return IntStream.range(0, numbers.length)
                            .map(i -> numbers[i])
                            .toArray();
                },
                job.queue(),
                table.name(),
                keys.toArray(String[]::new));
    }

    /** Deletes the rows of one range. */
    void empty(JdbcSession session, int range) {
        session.one(EMPTY, row -> true, job.queue(), table.name(), range);
    }
}
