package dev.londiste.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A fresh database for one test class: register it as a static field with {@code @RegisterExtension}. It is created
 * before the first test of the class and dropped, with force, after the last. Thread-safe once created.
 */
public final class TestDatabase implements BeforeAllCallback, AfterAllCallback {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    /**
     * The tick that the extension makes for a new queue looks as if a daemon were at work, which ours would wait for; in
     * these databases there is none.
     */
    private static final String NO_OTHER_TICKER = """
            create function pgq_client.test_own_tick() returns trigger language plpgsql as $$
            begin
                insert into pgq_client.queue_setting (queue_id, own_tick) values (new.tick_queue, new.tick_id);
                return null;
            end $$;
            create trigger own_tick after insert on pgq.tick for each row when (new.tick_id = 1)
                execute function pgq_client.test_own_tick()
            """;

    private final String name;
    private final Consumer<TestDatabase> setup;
    private final String options;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Supplier<PostgresServer> choice;
    private PostgresServer server;

    private TestDatabase(String name, Supplier<PostgresServer> choice, Consumer<TestDatabase> setup) {
        this(name, choice, "", setup);
    }

    private TestDatabase(String name, Supplier<PostgresServer> choice, String options, Consumer<TestDatabase> setup) {
        this.name = name;
        this.choice = choice;
        this.options = options;
        this.setup = setup;
    }

    /** An empty database on the shared server. */
    public static TestDatabase empty() {
        return create(database -> {});
    }

    /**
     * A database with the schema pgq of this build; with the system property {@code londiste.pgq=extension} on a server
     * that has the C extension pgq, beside it. Where there is none the tests are skipped.
     */
    public static TestDatabase withPgq() {
        return "extension".equals(System.getProperty("londiste.pgq"))
                ? withPgqExtension()
                : create(database -> database.install("pgq"));
    }

    /** A database with the C extension pgq, and the schema pgq of this build beside it. Where there is none the tests are skipped. */
    public static TestDatabase withPgqExtension() {
        return new TestDatabase(newName(), TestDatabase::extensionServer, database -> {
            database.execute("create extension pgq");
            database.install("pgq");
            database.execute(NO_OTHER_TICKER);
        });
    }

    private static PostgresServer extensionServer() {
        var server = ExtensionServer.shared();
        assumeTrue(server.isPresent(), "postgresql-15 with postgresql-15-pgq3 is not installed");
        return server.orElseThrow();
    }

    /** A database with the schemas pgq and londiste of this build. */
    public static TestDatabase withLondiste() {
        return create(TestDatabase::installAll);
    }

    /** The same in another encoding than the server's. */
    public static TestDatabase withLondisteIn(String encoding) {
        return new TestDatabase(
                newName(),
                PostgresServer::shared,
                " encoding '" + encoding + "' locale 'C' template template0",
                TestDatabase::installAll);
    }

    private void installAll() {
        install("pgq");
        install("londiste");
    }

    /** A database on the shared server, prepared by {@code setup}. */
    public static TestDatabase create(Consumer<TestDatabase> setup) {
        return new TestDatabase(newName(), PostgresServer::shared, setup);
    }

    /** A database on a server of the test's own, created at once; it goes with the server. */
    public static TestDatabase on(PostgresServer server) {
        return on(server, "");
    }

    /** The same, with options of CREATE DATABASE. */
    public static TestDatabase on(PostgresServer server, String options) {
        var database = new TestDatabase(newName(), () -> server, ignored -> {});
        database.server = server;
        database.onServer("create database " + database.name + " " + options);
        return database;
    }

    private static String newName() {
        return "test_" + ProcessHandle.current().pid() + "_" + NUMBER.incrementAndGet();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        server = choice.get();
        createIt();
        setup.accept(this);
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
        if (server == null) {
            return;
        }
        onServer("drop database if exists " + name + " with (force)");
    }

    private void createIt() {
        onServer("create database " + name + options);
    }

    private void onServer(String sql) {
        try (var connection = server.dataSource("postgres").getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    public String name() {
        return name;
    }

    public PostgresServer server() {
        return server;
    }

    public String url() {
        return server.url(name);
    }

    /** Unpooled connections as the server's main role. */
    public DataSource dataSource() {
        return server.dataSource(name);
    }

    /** Unpooled connections as the given role. */
    public DataSource dataSource(String role, String password) {
        return server.dataSource(name, role, password);
    }

    /** A HikariCP pool of at most {@code size} connections, closed with this database. */
    public HikariDataSource pool(int size) {
        var config = new HikariConfig();
        config.setDataSource(dataSource());
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        config.setPoolName(name);
        var pool = new HikariDataSource(config);
        open.push(pool);
        return pool;
    }

    /** A connection of the caller's, in autocommit mode. */
    public Connection connect() throws SQLException {
        return dataSource().getConnection();
    }

    /** Runs SQL text, any number of statements, in one implicit transaction. */
    public void execute(String sql) {
        try (var connection = connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** The rows of a query with {@code ?} parameters, columns by name in their order. */
    public List<Map<String, Object>> rows(String sql, Object... parameters) {
        try (var connection = connect();
                var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (var result = statement.executeQuery()) {
                return readRows(result);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** The only value of a query that returns one row with one column; null when it is null or there is no row. */
    @SuppressWarnings("unchecked")
    public <T> T value(String sql, Object... parameters) {
        var rows = rows(sql, parameters);
        if (rows.size() > 1) {
            throw new IllegalStateException(rows.size() + " rows from " + sql);
        }
        return rows.isEmpty() ? null : (T) rows.get(0).values().iterator().next();
    }

    /** Installs {@code sql/pgq} or {@code sql/londiste} of this build, as psql would. */
    public void install(String schema) {
        SqlFiles.of(schema).forEach(this::execute);
    }

    private static List<Map<String, Object>> readRows(ResultSet result) throws SQLException {
        var rows = new ArrayList<Map<String, Object>>();
        var columns = result.getMetaData();
        while (result.next()) {
            var row = new LinkedHashMap<String, Object>();
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                row.put(columns.getColumnLabel(i), result.getObject(i));
            }
            rows.add(row);
        }
        return rows;
    }
}
