package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.londiste.pgq.NewEvent;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.testing.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.health.HealthCheck;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class ObservabilityIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    private final AtomicBoolean failing = new AtomicBoolean();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private PgqContext context;
    private PgqQueue queue;
    private String uri;

    @BeforeEach
    void createQueue(TestInfo test) {
        var name = test.getTestMethod().orElseThrow().getName();
        queue = new PgqQueue(database.dataSource(), name);
        queue.create();
        uri = "pgq:" + name + "?consumerName=c&retryDelay=200ms&lagThreshold=1s";
        context = new PgqContext(database.pool(6));
        context.camel.getRegistry().bind("meters", meters);
    }

    @AfterEach
    void stop() {
        context.close();
    }

    @Test
    void healthFollowsFailuresAndRecovers() throws Exception {
        start();
        await().until(() -> health().getState() == HealthCheck.State.UP);
        assertThat(health().getDetails())
                .containsEntry("queue", queue.name())
                .containsEntry("consumer", "c")
                .containsEntry("role", "active");

        failing.set(true);
        queue.insert(new NewEvent("a", "1"));
        await().until(() -> health().getState() == HealthCheck.State.DOWN);
        assertThat(health().getError())
                .hasValueSatisfying(error -> assertThat(error)
                        .hasMessageContaining("of consumer c of queue " + queue.name() + " is aborted at event"));
        assertThat(context.consumer("route").getLastFailure()).contains("is aborted");
        // Still down while it waits for the next try.
        await().during(Duration.ofMillis(150)).until(() -> health().getState() == HealthCheck.State.DOWN);

        failing.set(false);
        await().until(() -> health().getState() == HealthCheck.State.UP);
        assertThat(context.consumer("route").getLastFailure()).isNull();
    }

    @Test
    void aConsumerThatHangsIsNotReady() throws Exception {
        var hanging = new CountDownLatch(1);
        context.route(new RouteBuilder() {
            @Override
            public void configure() {
                from(uri).routeId("route").process(exchange -> hanging.await());
            }
        });
        context.start();
        await().until(() -> health().getState() == HealthCheck.State.UP);
        queue.insert(new NewEvent("a", "1"));
        await().until(() -> health().getState() == HealthCheck.State.DOWN);
        assertThat(health().getMessage().orElse("")).contains("more than lagThreshold");
        assertThat(context.consumer("route").getBatchAgeSeconds()).isPositive();
        assertThat(check().call(Map.of(HealthCheck.CHECK_KIND, HealthCheck.Kind.LIVENESS))
                        .getState())
                .isEqualTo(HealthCheck.State.UP);
        hanging.countDown();
        await().until(() -> health().getState() == HealthCheck.State.UP);
    }

    @Test
    void aDatabaseThatHangsIsNotReady() throws Exception {
        start();
        await().until(() -> health().getState() == HealthCheck.State.UP);
        try (var blocker = database.connect();
                var statement = blocker.createStatement()) {
            blocker.setAutoCommit(false);
            statement.execute("lock table pgq.subscription in access exclusive mode");
            await().until(() -> health().getState() == HealthCheck.State.DOWN);
            assertThat(health().getMessage().orElse("")).contains("more than lagThreshold");
        }
        await().until(() -> health().getState() == HealthCheck.State.UP);
    }

    @Test
    void consoleAndMetersCount() throws Exception {
        start();
        queue.insert(java.util.List.of(new NewEvent("a", "1"), new NewEvent("a", "2")));
        await().until(() -> context.consumer("route").getEventCount() == 2);

        var console = new PgqDevConsole();
        console.setCamelContext(context.camel);
        assertThat((String) console.call(org.apache.camel.console.DevConsole.MediaType.TEXT))
                .contains("queue " + queue.name() + ", consumer c, active");
        assertThat(console.call(org.apache.camel.console.DevConsole.MediaType.JSON)
                        .toString())
                .contains("consumer=c", "role=active");
        assertThat(meters.get("pgq.consumer.exchanges")
                        .tag("consumer", "c")
                        .functionCounter()
                        .count())
                .isEqualTo(2);
        var batches = meters.get("pgq.consumer.batch.time").functionTimer();
        assertThat(batches.count()).isPositive();
        assertThat(batches.totalTime(java.util.concurrent.TimeUnit.SECONDS)).isBetween(0.0, 60.0);
        assertThat(meters.get("pgq.consumer.lag").gauge().value()).isLessThan(20);
        context.camel.getRouteController().stopRoute("route");
        assertThat(meters.getMeters()).isEmpty();
    }

    @Test
    void aSkippedBatchIsInTheFailedQueue() throws Exception {
        failing.set(true);
        start();
        queue.insert(java.util.List.of(new NewEvent("a", "1"), new NewEvent("a", "2")));
        await().until(() -> context.consumer("route").getLastFailure() != null);
        context.consumer("route").skipBatch("given up");
        await().until(() -> context.consumer("route").getLastFailure() == null);

        var template = context.camel.createProducerTemplate();
        var operations = "pgq:" + queue.name() + "?consumerName=c&operation=";
        var failed = (java.util.List<?>) template.requestBody(operations + "FAILED_EVENTS", (Object) null);
        assertThat(failed)
                .hasSize(2)
                .allSatisfy(row -> assertThat(row.toString()).contains("ev_failed_reason=given up"));
        failing.set(false);
        template.requestBody(operations + "DELETE_FAILED", failed.get(0));
        template.requestBody(operations + "RETRY_FAILED", failed.subList(1, 2));
        queue.forceTick();
        await().until(() -> context.seen.contains("2"));
        assertThat(context.seen).doesNotContain("1");
        assertThat((java.util.List<?>) template.requestBody(operations + "FAILED_EVENTS", (Object) null))
                .isEmpty();
        assertThat(template.requestBody(operations + "STATUS", (Object) null).toString())
                .contains("queue_name=" + queue.name(), "ticker=embedded", "event_bytes=");
    }

    private void start() throws Exception {
        context.route(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from(uri).routeId("route").process(exchange -> {
                    if (failing.get()) {
                        throw new IllegalStateException("not now");
                    }
                    context.seen.add(exchange.getMessage().getBody(String.class));
                });
            }
        });
        context.start();
    }

    private HealthCheck check() {
        return context.consumer("route").getHealthCheck();
    }

    private HealthCheck.Result health() {
        return check().call(Map.of(HealthCheck.CHECK_KIND, HealthCheck.Kind.READINESS));
    }
}
