package dev.londiste.sql.clients;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.londiste.testing.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program of an existing PgQ installation at work on one of our databases. Closing it ends the process. */
final class ClientProgram implements AutoCloseable {

    private final Process process;
    private final Path log;

    private ClientProgram(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Skips the test, visibly, where Debian's packages are absent. */
    static void require(String packages, String... command) {
        boolean there;
        try {
            there = start(List.of(command)).exitCode() == 0;
        } catch (IOException e) {
            there = false;
        }
        assumeTrue(there, packages + " is not installed: " + String.join(" ", command) + " fails");
    }

    static ClientProgram start(List<String> command) throws IOException {
        var log = Files.createTempFile("pgq-client", ".log");
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new ClientProgram(process, log);
    }

    /** All it has written, standard output and error. */
    String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean isRunning() {
        return process.isAlive();
    }

    /** Waits for its end. */
    int exitCode() throws IOException {
        try {
            if (process.waitFor(60, TimeUnit.SECONDS)) {
                return process.exitValue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        throw new IOException("Did not end: " + output());
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            Files.deleteIfExists(log);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A libpq connection string, without a database if that is null. */
    static String connectionString(TestDatabase database, String name) {
        var at = URI.create(database.url().substring("jdbc:".length()));
        return "host=" + at.getHost() + " port=" + at.getPort() + " user="
                + database.server().user() + " password=" + database.server().password()
                + (name == null ? "" : " dbname=" + name);
    }

    static Path resource(String name) {
        try {
            return Path.of(ClientProgram.class.getResource(name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
