package dev.londiste.examples.benchmark.server;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Two embedded servers, as careful about crashes as PostgreSQL is by default. Thread-safe. */
public final class Servers implements AutoCloseable {

    private final AtomicInteger databases = new AtomicInteger();
    private final EmbeddedPostgres provider;
    private final EmbeddedPostgres subscriber;

    private Servers(EmbeddedPostgres provider, EmbeddedPostgres subscriber) {
        this.provider = provider;
        this.subscriber = subscriber;
    }

    public static Servers start() throws IOException {
        return new Servers(server(), server());
    }

    private static EmbeddedPostgres server() throws IOException {
        return EmbeddedPostgres.builder()
                .setPGStartupWait(Duration.ofMinutes(1))
                .setServerConfig("wal_level", "logical")
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("shared_buffers", "512MB")
                .setServerConfig("max_wal_size", "8GB")
                .setServerConfig("checkpoint_timeout", "30min")
                .setServerConfig("max_connections", "100")
                .start();
    }

    /** A new, empty database on the provider. */
    public Database provider() throws SQLException {
        return database(provider);
    }

    /** A new, empty database on the subscriber. */
    public Database subscriber() throws SQLException {
        return database(subscriber);
    }

    private Database database(EmbeddedPostgres server) throws SQLException {
        var name = "benchmark_" + databases.incrementAndGet();
        return new Database(server.getPostgresDatabase(), server.getDatabase("postgres", name), name, server.getPort());
    }

    @Override
    public void close() throws IOException {
        try (provider;
                subscriber) {
            // both, whatever happens to one
        }
    }
}
