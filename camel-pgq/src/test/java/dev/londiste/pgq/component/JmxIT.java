package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.BatchParticipant;
import dev.londiste.pgq.NewEvent;
import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.pgq.Tick;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an operator sees and does through JMX. */
@Timeout(60)
class JmxIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    private final AtomicBoolean failing = new AtomicBoolean();
    private PgqContext context;
    private PgqQueue queue;
    private MBeanServer server;
    private ObjectName consumer;

    @BeforeEach
    void start(TestInfo test) throws Exception {
        queue = new PgqQueue(
                database.dataSource(), test.getTestMethod().orElseThrow().getName());
        queue.create();
        context = new PgqContext(database.pool(5));
        context.route(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("pgq:" + queue.name() + "?consumerName=c&retryDelay=50ms")
                        .routeId("route")
                        .process(exchange -> {
                            if (failing.get()) {
                                throw new IllegalStateException("not now");
                            }
                            context.seen.add(exchange.getMessage().getBody(String.class));
                        });
            }
        });
        context.start();
        server = context.camel.getManagementStrategy().getManagementAgent().getMBeanServer();
        var names = server.queryNames(
                new ObjectName("org.apache.camel:context=" + context.camel.getManagementName() + ",type=consumers,*"),
                null);
        assertThat(names).hasSize(1);
        consumer = names.iterator().next();
    }

    @AfterEach
    void stop() {
        context.close();
    }

    @Test
    void attributesTellWhatTheConsumerDoes() throws Exception {
        queue.insert(List.of(new NewEvent("a", "1"), new NewEvent("a", "2")));
        context.awaitSeen(2);
        await().until(() -> attribute("EventCount").equals(2L));
        assertThat(attribute("Queue")).isEqualTo(queue.name());
        assertThat(attribute("ConsumerName")).isEqualTo("c");
        assertThat(attribute("Role")).isEqualTo("active");
        assertThat((Long) attribute("BatchCount")).isPositive();
        assertThat((Double) attribute("LagSeconds")).isLessThan(30);
        assertThat((Double) attribute("BatchAgeSeconds")).isNotNegative();

        failing.set(true);
        queue.insert(new NewEvent("a", "3"));
        await().until(() -> attribute("LastFailure") != null);
        assertThat((String) attribute("LastFailure")).contains("is aborted at event");
        assertThat(attribute("BatchId")).isNotNull();
        assertThat((Long) attribute("FailureCount")).isPositive();
    }

    @Test
    void pausedItKeepsItsPlaceAndResumed() throws Exception {
        server.invoke(consumer, "suspend", null, null);
        await().until(() -> context.consumer("route").isSuspended());
        queue.insert(new NewEvent("a", "1"));
        queue.forceTick();
        await().during(Duration.ofMillis(300)).until(context.seen::isEmpty);
        assertThat(attribute("Role")).isEqualTo("active");
        server.invoke(consumer, "resume", null, null);
        context.awaitSeen(1);
    }

    @Test
    void aSkippedBatchGoesToTheFailedQueueWithTheReason() throws Exception {
        failing.set(true);
        queue.insert(List.of(new NewEvent("a", "1"), new NewEvent("a", "2")));
        await().until(() -> attribute("LastFailure") != null);
        skip("given up");
        var failed = new PgqConsumerClient(database.dataSource(), queue.name(), "c");
        await().until(() -> failed.failedEvents().size() == 2);
        assertThat(failed.failedEvents())
                .allSatisfy(event -> assertThat(event).containsEntry("ev_failed_reason", "given up"));
        await().until(() -> attribute("LastFailure") == null);
        assertThat(context.seen).isEmpty();
    }

    /** The next batch, hours later perhaps, is none that anybody gave up. */
    @Test
    void nothingIsSkippedWhenNoBatchIsInHand() throws Exception {
        queue.insert(new NewEvent("a", "1"));
        await().until(() -> attribute("EventCount").equals(1L) && attribute("BatchId") == null);
        assertThatThrownBy(() -> skip("given up")).hasStackTraceContaining("has no batch in hand");
        queue.insert(new NewEvent("a", "2"));
        context.awaitSeen(2);
    }

    @Test
    void aLargeBatchIsSkippedInAMoment() throws Exception {
        failing.set(true);
        queue.insert(IntStream.range(0, 20_000)
                .mapToObj(i -> new NewEvent("a", "" + i))
                .toList());
        await().until(() -> attribute("LastFailure") != null);
        skip("given up");
        // Event by event it took minutes.
        await().atMost(Duration.ofSeconds(30))
                .until(() -> database.<Long>value(
                                "select count(*) from pgq_client.failed_queue" + " where ev_failed_reason = 'given up'")
                        >= 20_000);
    }

    @Test
    void noBatchIsSkippedUnderAParticipant() throws Exception {
        try (var participation =
                PgqParticipants.of(context.camel).register(context.database(), queue.name(), "c", new Onlooker())) {
            assertThat(participation).isNotNull();
            assertThatThrownBy(() -> skip("given up")).hasStackTraceContaining("none of its batches can be skipped");
        }
    }

    private Object attribute(String name) throws Exception {
        return server.getAttribute(consumer, name);
    }

    private void skip(String reason) throws Exception {
        server.invoke(consumer, "skipBatch", new Object[] {reason}, new String[] {String.class.getName()});
    }

    private static final class Onlooker implements BatchParticipant {

        @Override
        public Optional<Tick> position() {
            return Optional.empty();
        }

        @Override
        public void idle() {}

        @Override
        public Stance begin(Batch batch) {
            return Stance.ACTIVE;
        }

        @Override
        public void commit(Batch batch) {}

        @Override
        public void rollback(Batch batch, Throwable cause) {}
    }
}
