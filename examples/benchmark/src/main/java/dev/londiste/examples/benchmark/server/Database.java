package dev.londiste.examples.benchmark;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** One database of a benchmark, dropped when closed. Thread-safe. */
final class Database implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(2);

    private final HikariDataSource pool;
    private final DataSource server;
    private final String name;
    private final int port;

    Database(DataSource server, DataSource own, String name, int port) throws SQLException {
        this.server = server;
        this.name = name;
        this.port = port;
        execute(server, "create database " + name);
        var config = new HikariConfig();
        config.setDataSource(own);
        config.setMaximumPoolSize(20);
        config.setMinimumIdle(0);
        config.setPoolName(name);
        pool = new HikariDataSource(config);
    }

    DataSource dataSource() {
        return pool;
    }

    /** How another server of this machine reaches it. */
    String libpq() {
        return "host=localhost port=" + port + " user=postgres dbname=" + name;
    }

    Connection connect() throws SQLException {
        return pool.getConnection();
    }

    void execute(String sql) throws SQLException {
        execute(pool, sql);
    }

    /** The only value of a query. */
    String value(String sql) throws SQLException {
        try (var connection = connect();
                var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            return result.next() ? result.getString(1) : null;
        }
    }

    /** Asks until the query answers {@code t}, on one connection. */
    void await(String sql, Duration atMost) throws SQLException {
        long end = System.nanoTime() + atMost.toNanos();
        try (var connection = connect();
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
                LockSupport.parkNanos(POLL.toNanos());
            }
        }
    }

    private static void execute(DataSource where, String sql) throws SQLException {
        try (var connection = where.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        pool.close();
        execute(server, "drop database if exists " + name + " with (force)");
    }
}
