package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.londiste.pgq.NewEvent;
import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class FailurePolicyIT {

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
        uri = "pgq:" + name + "?consumerName=c";
        context = new PgqContext(database.pool(6));
    }

    @AfterEach
    void stop() {
        context.close();
    }

    @Test
    void skippedEventIsNotSeenAgain() throws Exception {
        failAt("1", "&onFailure=SKIP");
        queue.insert(events());
        context.awaitSeen(3);
        awaitFinished();
        assertThat(context.seen).containsExactly("0/0", "1/0", "2/0");
    }

    @Test
    void retriedEventComesBackUntilItHasBeenRetriedOftenEnough() throws Exception {
        failAt("1", "&onFailure=RETRY_EVENT&retryDelay=10ms&maxRetries=1");
        queue.insert(events());
        await().atMost(Duration.ofSeconds(30)).until(() -> context.seen.contains("1/1"));
        assertThat(context.seen).containsExactly("0/0", "1/0", "2/0", "1/1");
        await().until(() -> consumer().failedEvents().size() == 1);
    }

    @Test
    void failedQueueKeepsTheEventWithItsReason() throws Exception {
        failAt("1", "&onFailure=FAILED_QUEUE");
        queue.insert(events());
        context.awaitSeen(3);
        awaitFinished();
        assertThat(consumer().failedEvents())
                .singleElement()
                .satisfies(event -> assertThat(event)
                        .containsEntry("ev_data", "1")
                        .containsEntry("ev_failed_reason", "cannot do 1"));
    }

    @Test
    void dataThatIsNoJsonFailsTheEventOnly() throws Exception {
        context.route(new RouteBuilder() {
            @Override
            public void configure() {
                from(uri + "&bodyType=ROW&onFailure=SKIP")
                        .process(exchange ->
                                context.seen.add(exchange.getMessage().getBody()));
            }
        });
        context.start();
        queue.insert(List.of(
                new NewEvent("I:id", "{\"id\":1,\"n\":1.50,\"b\":true,\"t\":\"x\",\"j\":{\"a\":[1]},\"z\":null}"),
                new NewEvent("I:id", "no json"),
                new NewEvent("I:id", null)));
        context.awaitSeen(2);
        assertThat(context.seen.get(0))
                .isInstanceOfSatisfying(
                        Map.class,
                        row -> assertThat(row.toString()).isEqualTo("{id=1, n=1.50, b=true, t=x, j={a=[1]}, z=null}"))
                .isInstanceOfSatisfying(
                        Map.class, row -> assertThat(row.get("id")).isInstanceOf(Long.class));
        assertThat(context.seen.get(1)).isNull();
    }

    @Test
    void wholeBatchesCanOnlyBeAborted() {
        assertThatThrownBy(() -> failAt("1", "&batching=true&onFailure=SKIP"))
                .hasStackTraceContaining("batching=true needs onFailure=ABORT_BATCH");
    }

    private PgqConsumerClient consumer() {
        return new PgqConsumerClient(database.dataSource(), queue.name(), "c");
    }

    private void failAt(String data, String options) throws Exception {
        context.route(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from(uri + options).process(exchange -> {
                    var body = exchange.getMessage().getBody(String.class);
                    context.seen.add(body + "/" + exchange.getMessage().getHeader(PgqConstants.EVENT_RETRY));
                    if (body.equals(data)) {
                        throw new IllegalStateException("cannot do " + data);
                    }
                });
            }
        });
        context.start();
    }

    private void awaitFinished() {
        await().untilAsserted(() -> assertThat(consumer().info().orElseThrow())
                .containsEntry("current_batch", null)
                .containsEntry("pending_events", 0L));
    }

    private static List<NewEvent> events() {
        return List.of(new NewEvent("a", "0"), new NewEvent("a", "1"), new NewEvent("a", "2"));
    }
}
