package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.londiste.pgq.NewEvent;
import dev.londiste.pgq.PgqBatch;
import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Behind a proxy that pools transactions, where nothing may live in a session: notify=false, exclusive=false. */
@Timeout(60)
class TransactionPoolIT {

    private static final int EVENTS = 105;
    private static final List<String> ALL =
            IntStream.range(0, EVENTS).mapToObj(i -> "" + i).toList();

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    private TransactionPool proxy;
    private PgqContext context;
    private PgqQueue queue;
    private String uri;

    @BeforeEach
    void createQueue(TestInfo test) throws Exception {
        var name = test.getTestMethod().orElseThrow().getName();
        proxy = new TransactionPool(database.dataSource(), 4);
        queue = new PgqQueue(proxy.dataSource(), name);
        queue.create();
        uri = "pgq:" + name + "?consumerName=c&notify=false&exclusive=false&retryDelay=50ms&fetchSize=20";
        context = new PgqContext(proxy.dataSource());
    }

    @AfterEach
    void stop() throws Exception {
        context.close();
        proxy.close();
    }

    @Test
    void aBatchOfSeveralPagesIsReadInOrder() throws Exception {
        context.collect(uri).start();
        insertAll();
        context.awaitSeen(EVENTS);
        assertThat(context.seen).isEqualTo(ALL);
        awaitFinished();
    }

    @Test
    void aBatchThatFailedIsResumedInTheMiddleOfAPage() throws Exception {
        var failures = new AtomicInteger(2);
        context.route(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from(uri).process(exchange -> {
                    var body = exchange.getMessage().getBody(String.class);
                    if (body.equals("33") && failures.getAndDecrement() > 0) {
                        throw new IllegalStateException("not now");
                    }
                    context.seen.add(body);
                });
            }
        });
        context.start();
        insertAll();
        context.awaitSeen(EVENTS);
        assertThat(context.seen).isEqualTo(ALL);
    }

    @Test
    void anEventThatIsThereTwiceIsReadTwice() throws Exception {
        context.collect(uri + "&tables=t").start();
        database.execute("""
                begin;
                select pgq.insert_event_raw('%1$s', 1000, now(), null, null, 'a', 'x' || i, 't', null, null, null)
                  from generate_series(1, 30) i;
                select pgq.insert_event_raw('%1$s', 1001, now(), null, null, 'a', 'last', 't', null, null, null);
                commit;
                """.formatted(queue.name()));
        queue.forceTick();
        context.awaitSeen(31);
        assertThat(context.seen).doesNotHaveDuplicates().endsWith("last");
    }

    @Test
    void aWholeBatchIsReadInOneTransaction() throws Exception {
        context.route(new RouteBuilder() {
            @Override
            public void configure() {
                from(uri + "&batching=true")
                        .process(exchange -> exchange.getMessage()
                                .getBody(PgqBatch.class)
                                .forEach(event -> context.seen.add(event.data())));
            }
        });
        context.start();
        insertAll();
        context.awaitSeen(EVENTS);
        assertThat(context.seen).isEqualTo(ALL);
        awaitFinished();
    }

    @Test
    void workersShareBatches() throws Exception {
        context.collect(uri + "&subconsumer=one").start();
        try (var other = new PgqContext(proxy.dataSource())) {
            other.collect(uri + "&subconsumer=two").start();
            for (int i = 0; i < 10; i++) {
                queue.insert(new NewEvent("a", "" + i));
                queue.forceTick();
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> context.seen.size() + other.seen.size() == 10);
            // How they share is theirs: one may have taken all before the other's first poll.
            assertThat(Stream.concat(context.seen.stream(), other.seen.stream()))
                    .containsExactlyInAnyOrder("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
        }
    }

    @Test
    void failedEventsAreRetriedThenKept() throws Exception {
        context.route(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from(uri.replace("50ms", "1ms") + "&onFailure=RETRY_EVENT&maxRetries=1&maxInFlight=3")
                        .process(exchange -> {
                            throw new IllegalStateException("never");
                        });
            }
        });
        context.start();
        queue.insert(new NewEvent("a", "1"));
        var consumer = new PgqConsumerClient(database.dataSource(), queue.name(), "c");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> consumer.failedEvents().size() == 1);
    }

    private void insertAll() {
        queue.insert(ALL.stream().map(data -> new NewEvent("a", data)).toList());
    }

    private void awaitFinished() {
        var consumer = new PgqConsumerClient(database.dataSource(), queue.name(), "c");
        await().untilAsserted(() -> assertThat(consumer.info().orElseThrow())
                .containsEntry("current_batch", null)
                .containsEntry("pending_events", 0L));
    }
}
