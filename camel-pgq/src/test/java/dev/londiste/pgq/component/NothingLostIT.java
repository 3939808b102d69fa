package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.testing.PostgresServer;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Whatever breaks in the middle of a batch, while events come in and tables rotate: none is missing, and those that are
 * seen again are of the one batch that was open.
 */
@Timeout(300)
class NothingLostIT {

    private static PostgresServer server;
    private static TestDatabase database;

    private final int rounds = rounds();
    /** What is to break; whichever exchange is first in the middle of a batch takes it. */
    private final AtomicReference<Processor> next = new AtomicReference<>();

    private String queue;
    private String uri;
    private EventFlow flow;

    int rounds() {
        return 2;
    }

    @BeforeAll
    static void startServer() {
        // A commit must have reached the log, or a crash would rightly lose it.
        server = PostgresServer.start(Map.of("synchronous_commit", "on"));
        database = TestDatabase.on(server);
        database.install("pgq");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void startFlow(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
        uri = "pgq:" + queue + "?consumerName=c&fetchSize=20&retryDelay=50ms";
        flow = new EventFlow(database.dataSource(), queue);
    }

    @AfterEach
    void stopFlow() throws InterruptedException {
        flow.stop();
    }

    @Test
    void whenExchangesFailOrRollBack() throws Exception {
        try (var node = new Node("node", uri)) {
            for (int i = 0; i < rounds; i++) {
                inMidBatch(exchange -> {
                    throw new IllegalStateException("not now");
                });
                inMidBatch(exchange -> exchange.setRollbackOnly(true));
                inMidBatch(exchange -> exchange.setRollbackOnlyLast(true));
            }
            // The batch is resumed at the event that failed.
            assertSeenAgain(0);
            assertThat(node.context.consumer("route").getFailureCount()).isGreaterThanOrEqualTo(3L * rounds);
        }
    }

    @Test
    void whenExchangesFailSideBySide() throws Exception {
        try (var node = new Node("node", uri + "&maxInFlight=4")) {
            for (int i = 0; i < rounds; i++) {
                inMidBatch(exchange -> {
                    throw new IllegalStateException("not now");
                });
            }
            assertSeenAgain(rounds);
            assertThat(node.context.consumer("route").getFailureCount()).isPositive();
        }
    }

    @Test
    void whenAllConnectionsAreCut() throws Exception {
        try (var node = new Node("node", uri)) {
            for (int i = 0; i < rounds; i++) {
                inMidBatch(exchange -> node.cut());
            }
            assertSeenAgain(0);
        }
    }

    @Test
    void whenTheServerCrashes() throws Exception {
        try (var node = new Node("node", uri)) {
            for (int i = 0; i < rounds; i++) {
                inMidBatch(exchange -> server.crash());
            }
            assertSeenAgain(0);
            assertThat(node.context.consumer("route").getFailureCount()).isPositive();
        }
    }

    @Test
    void whenTheRouteIsStoppedAndStarted() throws Exception {
        try (var node = new Node("node", uri)) {
            for (int i = 0; i < rounds; i++) {
                var stopping = new AtomicReference<Thread>();
                inMidBatch(exchange -> stopping.set(node.stopRoute()));
                stopping.get().join();
                node.context.camel.getRouteController().startRoute("route");
            }
            assertSeenAgain(rounds);
        }
    }

    @Test
    void whenTheProcessIsKilled() throws Exception {
        int kills = Math.max(2, rounds / 4);
        for (int i = 0; i < kills; i++) {
            try (var child = child(uri, 100)) {
                child.awaitMidBatch();
                child.kill();
            }
        }
        try (var node = new Node("node", uri)) {
            flow.awaitMore(1);
            assertThat(node.context.consumer("route").getRole()).isEqualTo("active");
            assertSeenAgain(kills);
        }
    }

    @Test
    void C17_whenAStandbyTakesOver() throws Exception {
        try (var one = new Node("one", uri);
                var two = new Node("two", uri)) {
            for (int i = 0; i < rounds; i++) {
                // The lock goes to the other one while this one is still at work.
                inMidBatch(exchange -> {
                    var here = one.runs(exchange) ? one : two;
                    var other = here == one ? two : one;
                    other.awaitLockOf(here);
                });
                flow.awaitMore(50);
            }
            assertSeenAgain(rounds);
        }
    }

    @Test
    void whenAWorkerOfSeveralIsKilled() throws Exception {
        try (var child = child(worker("one"), 50)) {
            child.awaitMidBatch();
            try (var two = new Node("two", worker("two"))) {
                await().until(() -> two.context.consumer("route").getBatchCount() > 3);
                child.kill();
                assertSeenAgain(1);
            }
        }
    }

    @Test
    void whenWorkersLoseTheirConnections() throws Exception {
        try (var one = new Node("one", worker("one"));
                var two = new Node("two", worker("two"))) {
            for (int i = 0; i < rounds; i++) {
                inMidBatch(exchange -> (one.runs(exchange) ? one : two).cut());
            }
            assertSeenAgain(rounds);
        }
    }

    @Test
    void whenEventsAreRetriedAndDeadLettered() throws Exception {
        var forgiving = new AtomicBoolean();
        Processor picky = exchange -> {
            var sight = EventFlow.Seen.of(exchange);
            boolean never = sight.data().endsWith("77");
            if (!forgiving.get() && (never || sight.data().endsWith("55") && sight.retry() == 0)) {
                throw new IllegalStateException("not this one");
            }
        };
        try (var node = new Node("node", uri + "&onFailure=RETRY_EVENT&maxRetries=1", picky)) {
            for (int i = 0; i < rounds; i++) {
                inMidBatch(exchange -> node.cut());
            }
            flow.awaitMore(200);
            flow.drain();
            var consumer = new PgqConsumerClient(database.dataSource(), queue, "c");
            var failed = consumer.failedEvents();
            assertThat(failed)
                    .isNotEmpty()
                    .allSatisfy(event -> assertThat(event)
                            .containsEntry("ev_failed_reason", "not this one")
                            .hasEntrySatisfying(
                                    "ev_data", data -> assertThat((String) data).endsWith("77")));
            forgiving.set(true);
            failed.forEach(event -> consumer.retryFailed((Long) event.get("ev_id")));
            assertSeenAgain(0);
        }
    }

    /** Waits until it has been done. */
    private void inMidBatch(Processor what) {
        var done = new AtomicBoolean();
        next.set(exchange -> {
            done.set(true);
            what.process(exchange);
        });
        await().atMost(Duration.ofSeconds(60)).untilTrue(done);
    }

    private void assertSeenAgain(int batches) throws InterruptedException {
        var account = flow.settle();
        System.out.printf("[MEASURED] %s: %s%n", queue, account);
        assertThat(account.batchesSeenAgain()).isLessThanOrEqualTo(batches);
    }

    private String worker(String name) {
        return uri + "&deadInterval=2s&subconsumer=" + name;
    }

    private ConsumerProcess child(String childUri, int events) throws Exception {
        return ConsumerProcess.start(source("child"), childUri, events, flow::saw);
    }

    private static PGSimpleDataSource source(String application) {
        var source = server.dataSource(database.name());
        source.setApplicationName(application);
        return source;
    }

    /** A process that consumes, as far as the database can tell. */
    private final class Node implements AutoCloseable {

        private final String name;
        private final HikariDataSource pool = new HikariDataSource();
        private final PgqContext context = new PgqContext(pool);

        Node(String name, String from) throws Exception {
            this(name, from, exchange -> {});
        }

        Node(String name, String from, Processor sink) throws Exception {
            this.name = name;
            pool.setDataSource(source(name));
            pool.setMaximumPoolSize(4);
            pool.setMinimumIdle(0);
            pool.setConnectionTimeout(5000);
            context.route(new RouteBuilder() {
                @Override
                public void configure() {
                    errorHandler(noErrorHandler());
                    from(from).routeId("route").process(sink).process(exchange -> see(exchange));
                }
            });
            context.start();
        }

        private void see(Exchange exchange) throws Exception {
            var what = ConsumerProcess.isInMidBatch(exchange) ? next.getAndSet(null) : null;
            if (what != null) {
                what.process(exchange);
            }
            if (!exchange.isRollbackOnly() && !exchange.isRollbackOnlyLast()) {
                flow.saw(exchange);
            }
        }

        boolean runs(Exchange exchange) {
            return exchange.getContext() == context.camel;
        }

        void cut() {
            assertThat(database.rows(
                            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = ?", name))
                    .isNotNull();
        }

        /** Cuts the other's standing connection until this node has got the lock. */
        void awaitLockOf(Node other) {
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                database.rows("""
                        select pg_terminate_backend(a.pid) from pg_stat_activity a join pg_locks l on l.pid = a.pid
                         where l.locktype = 'advisory' and l.granted and a.application_name = ?
                        """, other.name);
                return context.consumer("route").getRole().equals("active");
            });
        }

        Thread stopRoute() {
            var thread = new Thread(() -> {
                try {
                    context.camel.getRouteController().stopRoute("route");
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            thread.start();
            return thread;
        }

        @Override
        public void close() {
            context.close();
            pool.close();
        }
    }
}
