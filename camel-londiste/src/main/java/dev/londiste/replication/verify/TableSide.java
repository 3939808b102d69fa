package dev.londiste.replication.verify;

import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.pgq.jdbc.SqlErrors;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** One side of a compared table, in the transaction of its session. Not thread-safe. */
final class TableSide {

    private static final String COUNT = """
            select londiste.count_rows(?, ?)
            """;

    private static final String ESTIMATE = """
            select londiste.estimate_rows(?)
            """;

    private static final String PAGES = """
            select londiste.compared_pages(?)
            """;

    private static final String SUMS = """
            select bucket, row_count, content_sum from londiste.bucket_sums(?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String DIGESTS = """
            select key_digest, key_values, content_digest, content_size from londiste.bucket_rows(?, ?, ?, ?, ?, ?)
            """;

    private static final String VALUES = """
            select nr, row_values from londiste.rows_by_key(?, ?, ?, ?, ?, ?)
            """;

    private final JdbcSession session;
    private final String table;
    private final String[] columns;
    private final String[] key;
    private final String[] keyNames;
    private final String filter;

    private TableSide(
            JdbcSession session,
            String table,
            ComparedTable compared,
            Function<ComparedColumn, String> value,
            String filter) {
        this.session = session;
        this.table = table;
        this.columns = compared.columns().stream().map(value).toArray(String[]::new);
        this.key = compared.keyColumns().stream().map(value).toArray(String[]::new);
        this.keyNames = compared.key().toArray(String[]::new);
        this.filter = filter;
    }

    /** The rows as the subscriber should have them. */
    static TableSide ofProvider(ComparedTable table, JdbcSession session) {
        return new TableSide(session, table.name(), table, ComparedColumn::source, table.filter());
    }

    static TableSide ofSubscriber(ComparedTable table, JdbcSession session) {
        return new TableSide(session, table.target(), table, ComparedColumn::quoted, null);
    }

    long countRows() {
        return session.one(COUNT, row -> row.getLong(1), table, filter);
    }

    /** About how many rows the table has, at no cost. */
    long estimatedRows() {
        return session.one(ESTIMATE, row -> row.getLong(1), table);
    }

    long pages() {
        return session.one(PAGES, row -> row.getLong(1), table);
    }

    /** Adds the rows of some pages, up to the end of the table if {@code to} is null; answers how many rows. */
    long addSums(BucketSums sums, long from, Long to) {
        long before = sums.rows();
        session.query(
                SUMS,
                row -> {
                    sums.add(row.getInt("bucket"), row.getLong("row_count"), row.getBigDecimal("content_sum"));
                    return true;
                },
                table,
                columns,
                key,
                filter,
                sums.bits(),
                from,
                to);
        return sums.rows() - before;
    }

    RowDigests digests(int bits, Collection<Integer> buckets) {
        try {
            return new RowDigests(prepareDigests(bits, buckets));
        } catch (SQLException e) {
            throw SqlErrors.failure(e);
        }
    }

    private PreparedStatement prepareDigests(int bits, Collection<Integer> buckets) throws SQLException {
        var connection = session.connection();
        var statement = connection.prepareStatement(DIGESTS);
        statement.setString(1, table);
        statement.setArray(2, connection.createArrayOf("text", columns));
        statement.setArray(3, connection.createArrayOf("text", key));
        statement.setString(4, filter);
        statement.setInt(5, bits);
        statement.setArray(6, connection.createArrayOf("int4", buckets.toArray()));
        return statement;
    }

    /** The values of the rows that are there, by the position of their key. */
    Map<Integer, List<String>> values(List<List<String>> keys, boolean lock) {
        var values = new HashMap<Integer, List<String>>();
        session.query(
                VALUES,
                row -> values.put(row.getInt("nr") - 1, Arrays.asList((String[])
                        row.getArray("row_values").getArray())),
                table,
                columns,
                keyNames,
                filter,
                keys.stream().flatMap(List::stream).toArray(String[]::new),
                lock);
        return values;
    }
}
