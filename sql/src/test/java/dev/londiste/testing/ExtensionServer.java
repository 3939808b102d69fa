package dev.londiste.testing;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A server of Debian's PostgreSQL 15 with the C extension pgq 3.5, where the packages are installed. */
public final class ExtensionServer {

    private static final Path BINARIES = Path.of("/usr/lib/postgresql/15/bin");
    private static final Path EXTENSION = Path.of("/usr/share/postgresql/15/extension/pgq.control");

    private ExtensionServer() {}

    /** The one of this JVM, which ends with it; empty where the packages are not installed. */
    public static Optional<PostgresServer> shared() {
        return Shared.SERVER;
    }

    /** Empty where postgresql-15 or postgresql-15-pgq3 is not installed. Close the server after use. */
    public static Optional<PostgresServer> start() throws IOException, InterruptedException {
        if (!Files.exists(EXTENSION) || !Files.isExecutable(BINARIES.resolve("initdb"))) {
            return Optional.empty();
        }
        var directory = Files.createTempDirectory("pgq-extension");
        var data = directory.resolve("data").toString();
        if (root()) {
            run("chown", "postgres", directory.toString());
        }
        var port = freePort();
        asServerUser("initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync");
        asServerUser(
                "pg_ctl",
                "-D",
                data,
                "-w",
                "-l",
                directory.resolve("log").toString(),
                "-o",
                "-p " + port + " -k " + directory
                        + " -c listen_addresses=localhost -c fsync=off -c timezone=America/St_Johns",
                "start");
        return Optional.of(PostgresServer.started(port, () -> {
            asServerUser("pg_ctl", "-D", data, "-m", "immediate", "stop");
            run("rm", "-rf", directory.toString());
        }));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static boolean root() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** PostgreSQL refuses to run as root. */
    private static void asServerUser(String program, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        if (root()) {
            command.addAll(List.of("runuser", "-u", "postgres", "--"));
        }
        command.add(BINARIES.resolve(program).toString());
        command.addAll(List.of(arguments));
        run(command.toArray(String[]::new));
    }

    private static void run(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command)
                .directory(Path.of("/").toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("failed: " + String.join(" ", command));
        }
    }

    private static final class Shared {

        static final Optional<PostgresServer> SERVER = start();

        private static Optional<PostgresServer> start() {
            try {
                var server = ExtensionServer.start();
                server.ifPresent(started -> Runtime.getRuntime().addShutdownHook(new Thread(started::close)));
                return server;
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
