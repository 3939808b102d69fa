package dev.londiste.examples.benchmark.server;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** One database of a benchmark, dropped when closed. Thread-safe. */
public final class Database implements AutoCloseable {

    private final HikariDataSource pool;
    private final DataSource server;
    private final String name;
    private final int port;

    /** Creates it, empty. */
    public Database(DataSource server, DataSource own, String name, int port) throws SQLException {
        this(server, own, name, port, "template1");
    }

    /** Creates it as a copy of another one. */
    Database(DataSource server, DataSource own, String name, int port, String template) throws SQLException {
        this.server = server;
        this.name = name;
        this.port = port;
        execute(server, "create database " + name + " template " + template);
        var config = new HikariConfig();
        config.setDataSource(own);
        config.setMaximumPoolSize(20);
        config.setMinimumIdle(0);
        config.setPoolName(name);
        pool = new HikariDataSource(config);
    }

    public DataSource dataSource() {
        return pool;
    }

    public String name() {
        return name;
    }

    /** For JDBC. */
    public String url() {
        return "jdbc:postgresql://localhost:" + port + "/" + name + "?user=postgres";
    }

    /** How another server of this machine reaches it. */
    public String libpq() {
        return "host=localhost port=" + port + " user=postgres dbname=" + name;
    }

    public Connection connect() throws SQLException {
        return pool.getConnection();
    }

    public void execute(String sql) throws SQLException {
        execute(pool, sql);
    }

    /** For all sessions from now on: {@code name = value}. */
    public void set(String setting) throws SQLException {
        execute("alter database " + name + " set " + setting);
        pool.getHikariPoolMXBean().softEvictConnections();
    }

    /** The only value of a query. */
    public String value(String sql) throws SQLException {
        return value(pool, sql);
    }

    /** How many transactions it has seen; asked from outside, since the question is one itself. */
    public long transactions() throws SQLException {
        return Long.parseLong(value(
                server, "select xact_commit + xact_rollback from pg_stat_database where datname = '" + name + "'"));
    }

    private static String value(DataSource where, String sql) throws SQLException {
        try (var connection = where.getConnection();
                var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            return result.next() ? result.getString(1) : null;
        }
    }

    /** Returns when the query answers {@code t}. */
    public void await(String sql, Duration pause, Duration atMost) throws SQLException {
        new Condition(pool, sql).await(pause, atMost);
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
