package dev.londiste.replication.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A {@link ReplayMain} in a JVM of its own, which can be killed as by SIGKILL. */
public final class ReplayProcess implements AutoCloseable {

    private final Process process;

    private ReplayProcess(Process process) {
        this.process = process;
    }

    public static ReplayProcess start(Shop shop, String heap) {
        var provider = shop.provider();
        var command = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                ReplayMain.class.getName(),
                provider.url(),
                shop.subscriber().url(),
                provider.server().user(),
                provider.server().password(),
                shop.queue(),
                shop.job());
        try {
            return new ReplayProcess(command.inheritIO().start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL: no shutdown hook, no rollback, no goodbye to the server. */
    public void kill() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("The process does not die");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
