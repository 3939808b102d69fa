package dev.londiste.replication.verify;

import dev.londiste.pgq.jdbc.SqlErrors;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;

/** Rows of one side in the order of their digests, a bounded number of them in memory. Not thread-safe. */
final class RowDigests implements AutoCloseable {

    static final int FETCH_SIZE = 1000;

    private final PreparedStatement statement;
    private final ResultSet rows;

    /** Takes over the statement, which is to be executed in a transaction. */
    RowDigests(PreparedStatement statement) throws SQLException {
        this.statement = statement;
        statement.setFetchSize(FETCH_SIZE);
        this.rows = statement.executeQuery();
    }

    /** The next row, or null after the last. */
    RowDigest next() {
        try {
            return rows.next() ? read() : null;
        } catch (SQLException e) {
            throw SqlErrors.failure(e);
        }
    }

    private RowDigest read() throws SQLException {
        var key = (String[]) rows.getArray("key_values").getArray();
        return new RowDigest(
                rows.getString("key_digest"),
                Arrays.asList(key),
                rows.getString("content_digest"),
                rows.getInt("content_size"));
    }

    @Override
    public void close() {
        try (statement) {
            rows.close();
        } catch (SQLException e) {
            throw SqlErrors.failure(e);
        }
    }
}
