package dev.londiste.examples.benchmark.replication;

import dev.londiste.examples.benchmark.server.Database;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** This project in a process of its own, with a heap of so many megabytes. */
public final class ChildReplication implements Replication {

    private static final int PATIENCE_SECONDS = 60;

    private final Process process;
    private final PrintWriter commands;
    private final BufferedReader answers;

    public ChildReplication(Database provider, Database subscriber, int heapMegabytes) throws IOException {
        process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx" + heapMegabytes + "m",
                        "-Dbenchmark.log=" + System.getProperty("benchmark.log", "target/benchmark.log"),
                        "-classpath",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        provider.url(),
                        subscriber.url())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        commands = new PrintWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8), true);
        answers = process.inputReader(StandardCharsets.UTF_8);
    }

    public static Maker withHeap(int megabytes) {
        return (provider, subscriber) -> new ChildReplication(provider, subscriber, megabytes);
    }

    @Override
    public void install(List<String> tables) throws IOException {
        tell("install " + String.join(",", tables));
    }

    @Override
    public void addTables() throws IOException {
        tell("add");
    }

    @Override
    public void pause() throws IOException {
        tell("pause");
    }

    @Override
    public void resume() throws IOException {
        tell("resume");
    }

    private void tell(String command) throws IOException {
        commands.println(command);
        for (var line = answers.readLine(); !Child.DONE.equals(line); line = answers.readLine()) {
            if (line == null) {
                throw new IOException("The process ended at: " + command);
            }
        }
    }

    @Override
    public void close() {
        commands.close();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
