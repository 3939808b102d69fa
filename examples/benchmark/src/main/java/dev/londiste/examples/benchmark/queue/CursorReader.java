package dev.londiste.examples.benchmark.queue;

import dev.londiste.examples.benchmark.server.Database;
import java.sql.SQLException;
import java.util.List;

/** A plain JDBC cursor over the event table, with the columns that an event has. */
public final class CursorReader implements ConsumeTrial.Reader {

    private static final int FETCH_SIZE = 5_000;
    private static final int COLUMNS = 10;

    @Override
    public List<String> consumers() {
        return List.of("cursor");
    }

    @Override
    public ConsumeTrial.Reading prepare(Database database, int events) {
        return new ConsumeTrial.Reading() {
            @Override
            public long count() throws SQLException {
                return read(database);
            }

            @Override
            public void close() {
                // Each reading gives its connection back.
            }
        };
    }

    private static long read(Database database) throws SQLException {
        try (var connection = database.connect()) {
            connection.setAutoCommit(false);
            try (var statement = connection.prepareStatement(
                    "select ev_id, ev_time, ev_txid, ev_retry, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4"
                            + " from pgq.event_1_0 order by ev_id")) {
                statement.setFetchSize(FETCH_SIZE);
                long count = 0;
                try (var result = statement.executeQuery()) {
                    while (result.next()) {
                        for (int i = 1; i <= COLUMNS; i++) {
                            result.getString(i);
                        }
                        count++;
                    }
                }
                return count;
            } finally {
                connection.rollback();
            }
        }
    }
}
