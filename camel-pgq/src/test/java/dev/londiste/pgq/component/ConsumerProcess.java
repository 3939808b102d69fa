package dev.londiste.pgq.component;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A route in a JVM of its own that tells what it sees, a line each, and after some events stops for ever in the middle of
 * a batch, to be killed there.
 */
final class ConsumerProcess implements AutoCloseable {

    private static final String MIDDLE = "in the middle of a batch";

    private final Process process;
    private final Thread reader;
    private final CountDownLatch middle = new CountDownLatch(1);

    private ConsumerProcess(Process process, Consumer<String> lines) {
        this.process = process;
        this.reader = new Thread(() -> read(lines), "output of child");
        reader.start();
    }

    static ConsumerProcess start(PGSimpleDataSource database, String uri, int events, Consumer<String> seen)
            throws IOException {
        var process = new ProcessBuilder(
                        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        ConsumerProcess.class.getName(),
                        database.getUrl(),
                        database.getUser(),
                        database.getPassword(),
                        uri,
                        "" + events)
                .redirectErrorStream(true)
                .start();
        return new ConsumerProcess(process, seen);
    }

    private void read(Consumer<String> seen) {
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("seen ")) {
                    seen.accept(line);
                } else if (line.equals(MIDDLE)) {
                    middle.countDown();
                } else {
                    System.out.println("child: " + line);
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    void awaitMidBatch() throws InterruptedException {
        if (!middle.await(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("The child has not got into the middle of a batch");
        }
    }

    /** Without a chance to clean up. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
        reader.join();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    public static void main(String[] arguments) throws Exception {
        var source = new PGSimpleDataSource();
        source.setUrl(arguments[0]);
        source.setUser(arguments[1]);
        source.setPassword(arguments[2]);
        int events = Integer.parseInt(arguments[4]);
        var context = new PgqContext(source);
        context.route(new RouteBuilder() {
            @Override
            public void configure() {
                from(arguments[3]).process(exchange -> {
                    System.out.println(EventFlow.Seen.of(exchange).line());
                    context.seen.add("");
                    if (context.seen.size() >= events && isInMidBatch(exchange)) {
                        System.out.println(MIDDLE);
                        new CountDownLatch(1).await();
                    }
                });
            }
        });
        context.start();
        new CountDownLatch(1).await();
    }

    static boolean isInMidBatch(Exchange exchange) {
        return exchange.getProperty(Exchange.BATCH_INDEX, Integer.class) > 2
                && !exchange.getProperty(Exchange.BATCH_COMPLETE, Boolean.class);
    }
}
