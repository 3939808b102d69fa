package dev.londiste.examples.londiste.cli;

import dev.londiste.testing.TestDatabase;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs the launchers {@code londiste} and {@code pgqadm} as processes, as a person at a terminal would. */
final class Launcher {

    private static final Path HOME = Path.of("").toAbsolutePath();
    private static final long LONGEST_SECONDS = 120;

    private final Path folder;

    Launcher(Path folder) {
        this.folder = folder;
    }

    /** What a command left. */
    record Result(int exitCode, String out, String err) {}

    /** Runs a command line such as {@code londiste conf.ini provider tables} to its end, in the folder. */
    Result run(String commandLine) throws IOException, InterruptedException {
        var out = Files.createTempFile(folder, "command", ".out");
        var err = Files.createTempFile(folder, "command", ".err");
        var process = start(out, err, commandLine.split(" "));
        if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(
                    commandLine + " has not ended; it said\n" + Files.readString(out) + Files.readString(err));
        }
        return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /** Starts a command that goes on, a launcher or what starts one. */
    Process start(Path out, Path err, String... words) throws IOException {
        var command = new ArrayList<>(List.of(words));
        if (Files.exists(HOME.resolve(words[0]))) {
            command.set(0, HOME.resolve(words[0]).toString());
        }
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().merge("PATH", HOME.toString(), (path, home) -> home + File.pathSeparator + path);
        return builder.start();
    }

    /** Runs a command that must succeed, and answers what it printed. */
    String succeed(String commandLine) throws IOException, InterruptedException {
        var result = run(commandLine);
        if (result.exitCode() != 0) {
            throw new AssertionError(commandLine + " ended with " + result);
        }
        return result.out();
    }

    /** Writes the configuration files of the manual page's quick start. */
    void configure(TestDatabase provider, TestDatabase subscriber) throws IOException {
        Files.writeString(folder.resolve("conf.ini"), """
                [londiste]
                job_name = test_to_subscriber
                provider_db = %s
                subscriber_db = %s
                pgq_queue_name = londiste.replika
                logfile = %s/%%(job_name)s.log
                pidfile = %s/%%(job_name)s.pid
                """.formatted(
                        connectionString(provider), connectionString(subscriber), folder, folder));
        Files.writeString(folder.resolve("ticker.ini"), """
                [pgqadm]
                job_name = ticker
                db = %s
                maint_delay = 600
                loop_delay = 0.1
                logfile = %s/%%(job_name)s.log
                pidfile = %s/%%(job_name)s.pid
                """.formatted(connectionString(provider), folder, folder));
    }

    static String connectionString(TestDatabase database) {
        var uri = URI.create(database.server()
                .url(database.name())
                .replaceFirst("^jdbc:", "")
                .replaceFirst("\\?.*", ""));
        return connectionString(Map.of(
                "host", uri.getHost(),
                "port", String.valueOf(uri.getPort()),
                "dbname", database.name(),
                "user", database.server().user(),
                "password", database.server().password()));
    }

    private static String connectionString(Map<String, String> parameters) {
        var text = new StringBuilder();
        parameters.forEach(
                (key, value) -> text.append(key).append("='").append(value).append("' "));
        return text.toString().strip();
    }
}
