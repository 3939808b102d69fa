package dev.londiste.examples.benchmark.server;

import dev.londiste.pgq.SqlScripts;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Two embedded servers, as careful about crashes as PostgreSQL is by default. Each database begins as a copy of one that has
 * our SQL: installing it anew for each round would take longer than many a round. Thread-safe.
 */
public final class Servers implements AutoCloseable {

    private static final String TEMPLATE = "with_londiste";

    private final AtomicInteger databases = new AtomicInteger();
    private final EmbeddedPostgres provider;
    private final EmbeddedPostgres subscriber;

    private Servers(EmbeddedPostgres provider, EmbeddedPostgres subscriber) {
        this.provider = provider;
        this.subscriber = subscriber;
    }

    /** Both at the same time: most of it is waiting. */
    public static Servers start() {
        var provider = CompletableFuture.supplyAsync(Servers::server);
        var subscriber = CompletableFuture.supplyAsync(Servers::server);
        return new Servers(provider.join(), subscriber.join());
    }

    private static EmbeddedPostgres server() {
        try {
            var server = configured().start();
            try (var connection = server.getPostgresDatabase().getConnection();
                    var statement = connection.createStatement()) {
                statement.execute("create database " + TEMPLATE);
            }
            var scripts = new SqlScripts(server.getDatabase("postgres", TEMPLATE));
            scripts.install("pgq");
            scripts.install("londiste");
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static EmbeddedPostgres.Builder configured() {
        return EmbeddedPostgres.builder()
                .setPGStartupWait(Duration.ofMinutes(1))
                .setServerConfig("wal_level", "logical")
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("shared_buffers", "512MB")
                .setServerConfig("maintenance_work_mem", "128MB")
                .setServerConfig("max_wal_size", "8GB")
                .setServerConfig("checkpoint_timeout", "30min")
                .setServerConfig("max_connections", "100");
    }

    /** A new database on the provider, without a table but those of our SQL. */
    public Database provider() throws SQLException {
        return database(provider);
    }

    /** A new database on the subscriber, without a table but those of our SQL. */
    public Database subscriber() throws SQLException {
        return database(subscriber);
    }

    private Database database(EmbeddedPostgres server) throws SQLException {
        var name = "benchmark_" + databases.incrementAndGet();
        return new Database(
                server.getPostgresDatabase(), server.getDatabase("postgres", name), name, server.getPort(), TEMPLATE);
    }

    @Override
    public void close() throws IOException {
        try (provider;
                subscriber) {
            // both, whatever happens to one
        }
    }
}
