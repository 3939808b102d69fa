package dev.londiste.examples.benchmark.server;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** A query that answers {@code t} when what is waited for has come. Immutable. */
public record Condition(DataSource where, String sql) {

    /** Asks again and again, on one connection. */
    public void await(Duration pause, Duration atMost) throws SQLException {
        long end = System.nanoTime() + atMost.toNanos();
        try (var connection = where.getConnection();
                var statement = connection.prepareStatement(sql)) {
            while (true) {
                try (var result = statement.executeQuery()) {
                    if (result.next() && result.getBoolean(1)) {
                        return;
                    }
                }
                if (System.nanoTime() > end) {
                    throw new IllegalStateException("Not reached within " + atMost + ": " + sql);
                }
                LockSupport.parkNanos(pause.toNanos());
            }
        }
    }
}
