package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.PgqBatch;
import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.testing.TestDatabase;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** One batch of 1,000,000 small events and 200 MB of large ones, in a JVM of its own with a heap of 128 MB. */
@Timeout(120)
class LargeBatchIT {

    private static final int EVENTS = 1_000_000;
    /** At once, after all the small ones. */
    private static final int LARGE_EVENTS = 200;
    /** Enough to see that the heap holds; all of them would only take time. */
    private static final int SINGLE_EVENTS = 100_000;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    @TempDir
    private Path folder;

    @Test
    void C09_isConsumedInASmallHeap() throws Exception {
        var queue = new PgqQueue(database.dataSource(), "large");
        queue.create();
        for (var consumer : List.of("batching", "single")) {
            new PgqConsumerClient(database.dataSource(), "large", consumer).register();
        }
        database.execute(
                """
                insert into %1$s (ev_id, ev_time, ev_type, ev_data)
                select nextval(queue_event_seq::regclass), now(), 'I:id', '{"id":' || i || ',"text":"' || repeat('x', 100) || '"}'
                from generate_series(1, %2$d) i, pgq.queue where queue_name = 'large';
                insert into %1$s (ev_id, ev_time, ev_type, ev_data)
                select nextval(queue_event_seq::regclass), now(), 'I:id', repeat('x', 1000000)
                from generate_series(1, %3$d) i, pgq.queue where queue_name = 'large'
                """.formatted(database.<String>value("select pgq.current_event_table('large')"), EVENTS, LARGE_EVENTS));
        queue.forceTick();

        var output = folder.resolve("output").toFile();
        var source = (PGSimpleDataSource) database.dataSource();
        var process = new ProcessBuilder(
                        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        SmallHeap.class.getName(),
                        source.getUrl(),
                        source.getUser(),
                        source.getPassword())
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        try {
            assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(Files.readString(output.toPath()))
                .contains("consumed " + (EVENTS + LARGE_EVENTS) + " and at least " + SINGLE_EVENTS);
        assertThat(process.exitValue()).isZero();
    }

    /** Consumes the queue with an exchange per batch and with an exchange per event. */
    static final class SmallHeap {

        private SmallHeap() {}

        public static void main(String[] arguments) throws Exception {
            var source = new PGSimpleDataSource();
            source.setUrl(arguments[0]);
            source.setUser(arguments[1]);
            source.setPassword(arguments[2]);
            var ofBatch = new AtomicLong();
            var single = new AtomicLong();
            var done = new CountDownLatch(2);
            try (var context = new PgqContext(source)) {
                context.route(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("pgq:large?consumerName=batching&batching=true").process(exchange -> {
                            for (Event event : exchange.getMessage().getBody(PgqBatch.class)) {
                                count(ofBatch, EVENTS + LARGE_EVENTS, event.data());
                            }
                        });
                        from("pgq:large?consumerName=single")
                                .process(exchange -> count(
                                        single,
                                        SINGLE_EVENTS,
                                        exchange.getMessage().getBody(String.class)));
                    }

                    private void count(AtomicLong counter, int expected, String data) {
                        if (data.length() > 100 && counter.incrementAndGet() == expected) {
                            done.countDown();
                        }
                    }
                });
                context.start();
                done.await();
            }
            System.out.println("consumed " + ofBatch + " and at least " + Math.min(SINGLE_EVENTS, single.get()));
        }
    }
}
