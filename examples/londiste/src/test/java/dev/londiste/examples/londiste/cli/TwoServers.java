package dev.londiste.examples.londiste.cli;

import static java.util.concurrent.TimeUnit.MINUTES;

import dev.londiste.testing.PostgresServer;
import dev.londiste.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What a person who tries the quick start has: two PostgreSQL servers, on each a fresh database with {@code table1} and
 * {@code table2}, a folder with the two configuration files, and the launchers. Daemons left behind are killed after each
 * test.
 */
final class TwoServers implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

    private static final String TABLES = """
            create table table1 (id int primary key, v text);
            create table table2 (id int primary key, v text)
            """;

    private static final String CONNECTIONS = """
            select count(*) from pg_stat_activity where application_name = 'londiste' and datname = ?
            """;

    private PostgresServer server;
    private TestDatabase provider;
    private TestDatabase subscriber;
    private Path folder;
    private Launcher launcher;

    @Override
    public void beforeAll(ExtensionContext context) {
        server = PostgresServer.start();
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        provider = TestDatabase.on(server);
        subscriber = TestDatabase.on(PostgresServer.shared());
        provider.execute(TABLES);
        subscriber.execute(TABLES);
        provider.execute("insert into table1 select n, 'row ' || n from generate_series(1, 1000) n");
        folder = Files.createTempDirectory("londiste");
        launcher = new Launcher(folder);
        launcher.configure(provider, subscriber);
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        for (var pidFile : new Path[] {replayPidFile(), tickerPidFile()}) {
            var daemon = Files.exists(pidFile) ? ProcessHandle.of(pid(pidFile)) : Optional.<ProcessHandle>empty();
            if (daemon.isPresent()) {
                daemon.get().destroyForcibly();
                daemon.get().onExit().get(1, MINUTES);
            }
        }
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        server.close();
    }

    TestDatabase provider() {
        return provider;
    }

    TestDatabase subscriber() {
        return subscriber;
    }

    Path folder() {
        return folder;
    }

    Launcher launcher() {
        return launcher;
    }

    Path replayPidFile() {
        return folder.resolve("test_to_subscriber.pid");
    }

    Path tickerPidFile() {
        return folder.resolve("ticker.pid");
    }

    long replayPid() throws IOException {
        return pid(replayPidFile());
    }

    private static long pid(Path pidFile) throws IOException {
        return Long.parseLong(Files.readString(pidFile).strip());
    }

    String replayLog() throws IOException {
        return Files.readString(folder.resolve("test_to_subscriber.log"));
    }

    /** How many connections our processes have to both databases. */
    long connections() {
        return provider.<Long>value(CONNECTIONS, provider.name())
                + subscriber.<Long>value(CONNECTIONS, subscriber.name());
    }
}
