package dev.londiste.examples.benchmark.capture;

import dev.londiste.examples.benchmark.server.Database;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.postgresql.ds.PGSimpleDataSource;

/** Debian's PostgreSQL 15 with the package postgresql-15-pgq3, where both are installed. Not thread-safe. */
public final class DebianServer implements CaptureServer {

    private static final Path BINARIES = Path.of("/usr/lib/postgresql/15/bin");
    private static final Path EXTENSION = Path.of("/usr/share/postgresql/15/extension/pgq.control");
    private static final int PATIENCE_SECONDS = 60;

    private final Path directory;
    private final int port;
    private int databases;

    private DebianServer(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    /** Empty where it is not installed. */
    public static Optional<DebianServer> start() throws IOException {
        if (!Files.exists(EXTENSION) || !Files.isExecutable(BINARIES.resolve("initdb"))) {
            return Optional.empty();
        }
        var directory = Files.createTempDirectory("benchmark-capture");
        if (isRoot()) {
            run("chown", "postgres", directory.toString());
        }
        var server = new DebianServer(directory, freePort());
        server.start(
                "-p " + server.port + " -k " + directory
                        + " -c listen_addresses=localhost -c shared_buffers=256MB -c max_wal_size=8GB -c checkpoint_timeout=30min");
        return Optional.of(server);
    }

    private void start(String options) throws IOException {
        asServerUser("initdb", "-D", data(), "-U", "postgres", "-A", "trust", "--no-sync");
        asServerUser(
                "pg_ctl", "-D", data(), "-w", "-l", directory.resolve("log").toString(), "-o", options, "start");
    }

    private String data() {
        return directory.resolve("data").toString();
    }

    @Override
    public Database database() throws SQLException {
        var name = "capture_" + ++databases;
        return new Database(dataSource("postgres"), dataSource(name), name, port);
    }

    private PGSimpleDataSource dataSource(String database) {
        var source = new PGSimpleDataSource();
        source.setServerNames(new String[] {"localhost"});
        source.setPortNumbers(new int[] {port});
        source.setDatabaseName(database);
        source.setUser("postgres");
        return source;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** PostgreSQL refuses to run as root. */
    private static void asServerUser(String program, String... arguments) throws IOException {
        var command = new ArrayList<String>();
        if (isRoot()) {
            command.addAll(List.of("runuser", "-u", "postgres", "--"));
        }
        command.add(BINARIES.resolve(program).toString());
        command.addAll(List.of(arguments));
        run(command.toArray(String[]::new));
    }

    private static void run(String... command) throws IOException {
        var process = new ProcessBuilder(command)
                .directory(Path.of("/").toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!isDone(process) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("failed: " + String.join(" ", command));
        }
    }

    private static boolean isDone(Process process) throws IOException {
        try {
            return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    @Override
    public void close() throws IOException {
        asServerUser("pg_ctl", "-D", data(), "-m", "immediate", "stop");
        run("rm", "-rf", directory.toString());
    }
}
