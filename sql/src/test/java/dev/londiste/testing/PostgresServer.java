package dev.londiste.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.postgresql.ds.PGSimpleDataSource;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * A PostgreSQL server whose {@code postgres} role may create databases. Which one is chosen by the system property
 * {@code londiste.postgres}: {@code auto} (Testcontainers where a Docker engine answers, else embedded),
 * {@code embedded}, {@code testcontainers}, or a {@code jdbc:postgresql:} URL of a server that runs already.
 * Thread-safe. Close what you {@link #start()}ed; the {@link #shared()} one ends with the JVM.
 */
public final class PostgresServer implements AutoCloseable {

    private static final Map<String, String> SETTINGS = Map.of(
            "max_connections", "300",
            "fsync", "off",
            "wal_level", "logical",
            "max_prepared_transactions", "10",
            "timezone", "America/St_Johns",
            "max_locks_per_transaction", "256");

    private final String url;
    private final String user;
    private final String password;
    private final AutoCloseable server;

    private PostgresServer(String url, String user, String password, AutoCloseable server) {
        this.url = url;
        this.user = user;
        this.password = password;
        this.server = server;
    }

    /** The one server of this JVM. */
    public static PostgresServer shared() {
        return Shared.SERVER;
    }

    /** A server of the caller's own, for tests that stop it or need two. */
    public static PostgresServer start() {
        return start(Map.of());
    }

    /** As {@link #start()}, with settings of {@code postgresql.conf} that win over those of the tests. */
    public static PostgresServer start(Map<String, String> settings) {
        String choice = System.getProperty("londiste.postgres", "auto");
        return switch (choice) {
            case "embedded" -> embedded(settings);
            case "testcontainers" -> container(settings);
            case "auto" ->
                DockerClientFactory.instance().isDockerAvailable() ? container(settings) : embedded(settings);
            default -> running(choice);
        };
    }

    /**
     * A server of the caller's own with that major version, 14 or 18: a container, or the binaries that the build has put
     * into {@code target/postgres}.
     */
    public static PostgresServer ofVersion(int major) {
        String choice = System.getProperty("londiste.postgres", "auto");
        boolean inContainer = choice.equals("testcontainers")
                || (choice.equals("auto") && DockerClientFactory.instance().isDockerAvailable());
        return inContainer
                ? container(Map.of(), String.valueOf(major))
                : embedded(
                        Map.of(),
                        EmbeddedPostgres.builder().setPgBinaryResolver((system, machine) -> ServerBinaries.of(major)));
    }

    private static PostgresServer embedded(Map<String, String> settings) {
        return embedded(settings, EmbeddedPostgres.builder());
    }

    private static PostgresServer embedded(Map<String, String> settings, EmbeddedPostgres.Builder builder) {
        try {
            builder.setPGStartupWait(Duration.ofSeconds(60));
            SETTINGS.forEach(builder::setServerConfig);
            settings.forEach(builder::setServerConfig);
            var server = builder.start();
            return new PostgresServer(
                    "jdbc:postgresql://localhost:" + server.getPort() + "/", "postgres", "postgres", server);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static PostgresServer container(Map<String, String> settings) {
        return container(settings, System.getProperty("postgres.version", "18"));
    }

    private static PostgresServer container(Map<String, String> settings, String version) {
        var command = new StringBuilder("postgres");
        SETTINGS.forEach((key, value) -> {
            if (!settings.containsKey(key)) {
                command.append(" -c ").append(key).append('=').append(value);
            }
        });
        settings.forEach(
                (key, value) -> command.append(" -c ").append(key).append('=').append(value));
        var container = new PostgreSQLContainer("postgres:" + version + "-alpine")
                .withUsername("postgres")
                .withCommand(command.toString());
        container.start();
        var url = "jdbc:postgresql://" + container.getHost() + ":" + container.getMappedPort(5432) + "/";
        return new PostgresServer(url, "postgres", container.getPassword(), container);
    }

    /** A server that the caller has started; {@code server} stops it. */
    public static PostgresServer started(int port, AutoCloseable server) {
        return new PostgresServer("jdbc:postgresql://localhost:" + port + "/", "postgres", "postgres", server);
    }

    private static PostgresServer running(String jdbcUrl) {
        var parsed = new PGSimpleDataSource();
        parsed.setUrl(jdbcUrl);
        var at = URI.create(jdbcUrl.substring("jdbc:".length()));
        return new PostgresServer(
                "jdbc:postgresql://" + at.getHost() + ":" + (at.getPort() < 0 ? 5432 : at.getPort()) + "/",
                parsed.getUser() == null ? "postgres" : parsed.getUser(),
                parsed.getPassword() == null ? "" : parsed.getPassword(),
                () -> {});
    }

    /** JDBC URL of one database of this server, without user and password. */
    public String url(String database) {
        return url + database;
    }

    /** Unpooled connections to one database as the server's main role. */
    public PGSimpleDataSource dataSource(String database) {
        return dataSource(database, user, password);
    }

    /** Unpooled connections to one database as the given role. */
    public PGSimpleDataSource dataSource(String database, String role, String rolePassword) {
        var source = new PGSimpleDataSource();
        source.setUrl(url(database));
        source.setUser(role);
        source.setPassword(rolePassword);
        return source;
    }

    /** Kills one of its processes: it ends all sessions and recovers from its log, as after a crash of its machine. */
    public void crash() {
        try (var connection = dataSource("postgres").getConnection();
                var statement = connection.createStatement()) {
            statement.execute("copy (select 1) to program 'kill -9 $PPID'");
        } catch (SQLException e) {
            // That is what was asked for.
            return;
        }
        throw new IllegalStateException("PostgreSQL server at " + url + " did not crash");
    }

    public String user() {
        return user;
    }

    public String password() {
        return password;
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (Exception e) {
            throw new IllegalStateException("PostgreSQL server at " + url + " did not stop", e);
        }
    }

    private static final class Shared {
        static final PostgresServer SERVER = start();
    }
}
