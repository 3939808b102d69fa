package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.londiste.pgq.NewEvent;
import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class ConcurrentEventsIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    private PgqContext context;
    private PgqQueue queue;
    private String uri;

    @BeforeEach
    void createQueue(TestInfo test) {
        var name = test.getTestMethod().orElseThrow().getName();
        queue = new PgqQueue(database.dataSource(), name);
        queue.create();
        uri = "pgq:" + name + "?consumerName=c&retryDelay=50ms&maxInFlight=8";
        context = new PgqContext(database.pool(6));
    }

    @AfterEach
    void stop() {
        context.close();
    }

    @Test
    void aSlowSinkIsReachedByAllThreadsAndTheOrderPerKeyIsKept() throws Exception {
        context.route(new RouteBuilder() {
            @Override
            public void configure() {
                from(uri).process(exchange -> {
                    LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
                    context.seen.add(exchange.getMessage().getHeader(PgqConstants.EXTRA1) + "/"
                            + exchange.getMessage().getBody(String.class));
                });
            }
        });
        context.start();
        var events = new ArrayList<NewEvent>();
        for (int i = 0; i < 160; i++) {
            events.add(new NewEvent("a", "" + i / 32, "key" + i % 32, null, null, null));
        }
        long started = System.nanoTime();
        queue.insert(events);
        context.awaitSeen(160);
        double seconds = (System.nanoTime() - started) / 1e9;

        System.out.printf("[MEASURED] 50 ms sink, maxInFlight=8: %.0f exchanges a second%n", 160 / seconds);
        // One thread would take 8 seconds, eight take one.
        assertThat(seconds).isLessThan(4);
        for (int key = 0; key < 32; key++) {
            var prefix = "key" + key + "/";
            assertThat(context.seen.stream().filter(seen -> seen.toString().startsWith(prefix)))
                    .containsExactly(prefix + 0, prefix + 1, prefix + 2, prefix + 3, prefix + 4);
        }
        awaitFinished();
    }

    @Test
    void aChangeOfTheKeyWaitsForBothKeysAndTruncateForAll() throws Exception {
        var running = Collections.synchronizedList(new ArrayList<String>());
        context.route(new RouteBuilder() {
            @Override
            public void configure() {
                from(uri).process(exchange -> {
                    var data = exchange.getMessage().getHeader(PgqConstants.EVENT_TYPE, String.class)
                            + exchange.getMessage().getBody(String.class);
                    running.add("begin " + data);
                    LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                    running.add("end " + data);
                    context.seen.add(data);
                });
            }
        });
        context.start();
        queue.insert(List.of(
                change("I:id", "{\"id\":1}", null),
                change("I:id", "{\"id\":2}", null),
                change("U:id", "{\"id\":2}", "{\"id\":1}"),
                change("D:id", "{\"id\":1}", null),
                change("R", null, null),
                change("I:id", "{\"id\":3}", null)));
        context.awaitSeen(6);

        var update = running.indexOf("begin U:id{\"id\":2}");
        assertThat(running.indexOf("end I:id{\"id\":1}")).isLessThan(update);
        assertThat(running.indexOf("end I:id{\"id\":2}")).isLessThan(update);
        assertThat(running.indexOf("begin D:id{\"id\":1}")).isGreaterThan(running.indexOf("end U:id{\"id\":2}"));
        assertThat(running.indexOf("begin Rnull")).isGreaterThan(running.indexOf("end D:id{\"id\":1}"));
        assertThat(running.indexOf("begin I:id{\"id\":3}")).isGreaterThan(running.indexOf("end Rnull"));
    }

    @Test
    void aFailureLeavesTheBatchOpenUntilAllSucceeded() throws Exception {
        var failures = new AtomicInteger(2);
        context.route(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from(uri).process(exchange -> {
                    var body = exchange.getMessage().getBody(String.class);
                    if (body.equals("17") && failures.getAndDecrement() > 0) {
                        throw new IllegalStateException("not now");
                    }
                    context.seen.add(body);
                });
            }
        });
        context.start();
        var events = new ArrayList<NewEvent>();
        for (int i = 0; i < 40; i++) {
            events.add(new NewEvent("a", "" + i, "key" + i, null, null, null));
        }
        queue.insert(events);
        awaitFinished();
        for (int i = 0; i < 40; i++) {
            assertThat(context.seen).contains("" + i);
        }
        assertThat(Collections.frequency(context.seen, "0")).isEqualTo(1);
    }

    @Test
    void isRefusedWithBatching() {
        assertThatThrownBy(() -> context.collect(uri + "&batching=true").start())
                .hasStackTraceContaining("batching=true needs maxInFlight=1");
    }

    private static NewEvent change(String type, String data, String oldKey) {
        return new NewEvent(type, data, "public.t", oldKey, null, null);
    }

    private void awaitFinished() {
        var consumer = new PgqConsumerClient(database.dataSource(), queue.name(), "c");
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(context.seen).isNotEmpty();
            assertThat(consumer.info().orElseThrow())
                    .containsEntry("current_batch", null)
                    .containsEntry("pending_events", 0L);
        });
    }
}
