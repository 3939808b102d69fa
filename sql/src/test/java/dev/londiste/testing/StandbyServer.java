package dev.londiste.testing;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A physical standby that streams from another server of the tests and can be read. */
public final class StandbyServer {

    /** What a standby must have as its primary has it, or higher, when that got it on its command line. */
    private static final String GIVEN_SETTINGS = """
            select string_agg(format('-c %s=%s', name, setting), ' ') from pg_settings
             where source = 'command line' and name in ('max_connections', 'max_prepared_transactions', 'wal_level',
                   'max_locks_per_transaction', 'max_worker_processes', 'max_wal_senders', 'fsync')
            """;

    private StandbyServer() {}

    /** Empty where the primary's files are not at hand, as in a container. Close it before its primary. */
    public static Optional<PostgresServer> of(PostgresServer primary) throws Exception {
        try (var connection = primary.dataSource("postgres").getConnection()) {
            var data = Path.of(value(connection, "show data_directory"));
            var binaries = Path.of(value(connection, "select setting from pg_config where name = 'BINDIR'"));
            if (!Files.isDirectory(data) || !Files.isExecutable(binaries.resolve("pg_ctl"))) {
                return Optional.empty();
            }
            var directory = Files.createTempDirectory("standby");
            var copy = directory.resolve("data");
            copy(connection, data, copy);
            Files.createFile(copy.resolve("standby.signal"));
            var port = freePort();
            run(List.of(
                    binaries.resolve("pg_ctl").toString(),
                    "-D",
                    copy.toString(),
                    "-w",
                    "-l",
                    directory.resolve("log").toString(),
                    "-o",
                    "-p " + port + " -k " + directory + " " + value(connection, GIVEN_SETTINGS)
                            + " -c primary_conninfo='host=localhost user=" + primary.user() + " port="
                            + value(connection, "show port") + "'",
                    "start"));
            return Optional.of(PostgresServer.started(port, () -> {
                run(List.of(binaries.resolve("pg_ctl").toString(), "-D", copy.toString(), "-m", "immediate", "stop"));
                run(List.of("rm", "-rf", directory.toString()));
            }));
        }
    }

    /** What pg_basebackup does, which the embedded server comes without. */
    private static void copy(Connection primary, Path data, Path copy) throws Exception {
        value(primary, "select pg_backup_start('standby', true)::text");
        run(List.of("cp", "-R", data.toString(), copy.toString()));
        Files.delete(copy.resolve("postmaster.pid"));
        Files.writeString(copy.resolve("backup_label"), value(primary, "select labelfile from pg_backup_stop(false)"));
    }

    private static String value(Connection connection, String query) throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery(query)) {
            result.next();
            return result.getString(1);
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** PostgreSQL refuses to run as root, so for root it runs in a user namespace of its own, as the embedded one does. */
    private static void run(List<String> command) throws IOException, InterruptedException {
        var whole = new ArrayList<String>();
        if ("root".equals(System.getProperty("user.name"))) {
            whole.addAll(List.of("unshare", "-U"));
        }
        whole.addAll(command);
        var process = new ProcessBuilder(whole)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("failed: " + String.join(" ", whole));
        }
    }
}
