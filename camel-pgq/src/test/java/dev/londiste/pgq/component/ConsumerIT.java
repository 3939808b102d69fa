package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.londiste.pgq.Event;
import dev.londiste.pgq.NewEvent;
import dev.londiste.pgq.PgqBatch;
import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.pgq.SqlStates;
import dev.londiste.testing.TestDatabase;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class ConsumerIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    private static HikariDataSource pool;

    private PgqContext context;
    private PgqQueue queue;
    private String uri;

    @BeforeEach
    void createQueue(TestInfo test) {
        if (pool == null) {
            pool = database.pool(8);
        }
        var name = test.getTestMethod().orElseThrow().getName();
        queue = new PgqQueue(database.dataSource(), name);
        queue.create();
        uri = "pgq:" + name + "?consumerName=c";
        context = new PgqContext(pool);
    }

    @AfterEach
    void stop() {
        context.close();
    }

    @Test
    void anExchangePerEventCarriesItAndItsHeaders() throws Exception {
        context.route(new RouteBuilder() {
            @Override
            public void configure() {
                from(uri).process(exchange -> context.seen.add(exchange.copy()));
            }
        });
        context.start();
        var id = queue.insert(new NewEvent("U:id", "{\"id\":1,\"v\":\"new\"}", "public.t", "{\"id\":2}", null, null));
        context.awaitSeen(1);

        var message = ((Exchange) context.seen.get(0)).getMessage();
        assertThat(message.getBody()).isEqualTo("{\"id\":1,\"v\":\"new\"}");
        assertThat(message.getHeaders())
                .containsEntry(PgqConstants.QUEUE, queue.name())
                .containsEntry(PgqConstants.CONSUMER, "c")
                .containsEntry(PgqConstants.EVENT_ID, id)
                .containsEntry(PgqConstants.EVENT_TYPE, "U:id")
                .containsEntry(PgqConstants.EVENT_RETRY, 0)
                .containsEntry(PgqConstants.TABLE, "public.t")
                .containsEntry(PgqConstants.CHANGE, "UPDATE")
                .containsEntry(PgqConstants.KEY_COLUMNS, List.of("id"))
                .containsEntry(PgqConstants.OLD_KEY, "{\"id\":2}")
                .containsKeys(
                        PgqConstants.EVENT_TIME,
                        PgqConstants.EVENT_TXID,
                        PgqConstants.BATCH_ID,
                        PgqConstants.TICK_ID,
                        PgqConstants.PREV_TICK_ID,
                        Exchange.MESSAGE_TIMESTAMP)
                .doesNotContainKeys(PgqConstants.EXTRA3, PgqConstants.OLD_ROW);
        assertThat(message.getExchange().getProperty(PgqConstants.EVENT)).isInstanceOf(Event.class);
    }

    /** What is in the other fields of those is what their triggers put there. */
    @Test
    void changesThatTheTriggersOfPgqTellOfHaveTheHeadersToo() throws Exception {
        context.route(new RouteBuilder() {
            @Override
            public void configure() {
                from(uri).process(exchange -> context.seen.add(exchange.copy()));
            }
        });
        context.start();
        var old = "{\"id\":1,\"v\":\"old\"}";
        var jsontriga = "{\"op\":\"UPDATE\",\"table\":[\"public\",\"t\"],\"pkey\":[\"id\"]}";
        queue.insert(List.of(
                new NewEvent(jsontriga, "{\"id\":1,\"v\":\"new\"}", "public.t", old, null, null),
                new NewEvent("U:id", "id=1&v=new", "public.t", "id=1&v=old", "mine", null)));
        context.awaitSeen(2);

        var ofJsontriga = ((Exchange) context.seen.get(0)).getMessage().getHeaders();
        assertThat(ofJsontriga).containsEntry(PgqConstants.OLD_ROW, old);
        var ofLogutriga = ((Exchange) context.seen.get(1)).getMessage().getHeaders();
        assertThat(ofLogutriga)
                .containsEntry(PgqConstants.EXTRA2, "id=1&v=old")
                .containsEntry(PgqConstants.EXTRA3, "mine")
                .doesNotContainKey(PgqConstants.OLD_ROW);
        assertThat(List.of(ofJsontriga, ofLogutriga))
                .allSatisfy(headers -> assertThat(headers)
                        .containsEntry(PgqConstants.TABLE, "public.t")
                        .containsEntry(PgqConstants.CHANGE, "UPDATE")
                        .containsEntry(PgqConstants.KEY, "id=1")
                        .containsEntry(PgqConstants.KEY_COLUMNS, List.of("id"))
                        .doesNotContainKey(PgqConstants.OLD_KEY));
    }

    @Test
    void batchPropertiesDescribeTheFetchedPage() throws Exception {
        context.route(new RouteBuilder() {
            @Override
            public void configure() {
                from(uri + "&fetchSize=2")
                        .process(exchange -> context.seen.add(exchange.getProperty(Exchange.BATCH_INDEX) + "/"
                                + exchange.getProperty(Exchange.BATCH_SIZE) + "/"
                                + exchange.getProperty(Exchange.BATCH_COMPLETE)));
            }
        });
        context.start();
        queue.insert(events(3));
        context.awaitSeen(3);

        assertThat(context.seen).containsExactly("0/2/false", "1/2/true", "0/1/true");
    }

    @Test
    void anExchangePerBatchIteratesOverItsEvents() throws Exception {
        context.route(new RouteBuilder() {
            @Override
            public void configure() {
                from(uri + "&batching=true&fetchSize=100")
                        .process(exchange -> context.seen.add(StreamSupport.stream(
                                        exchange.getMessage()
                                                .getBody(PgqBatch.class)
                                                .spliterator(),
                                        false)
                                .map(Event::data)
                                .toList()))
                        .split(body())
                        .streaming()
                        .process(exchange -> context.seen.add(
                                exchange.getMessage().getBody(Event.class).data()));
            }
        });
        context.start();
        queue.insert(events(250));
        context.awaitSeen(251);

        assertThat(context.seen.get(0)).isEqualTo(data(0, 250));
        assertThat(context.seen.subList(1, 251)).isEqualTo(data(0, 250));
        awaitFinished();
    }

    @Test
    void failedExchangeAbortsTheBatchAndIsResumedThere() throws Exception {
        var failures = new AtomicInteger(2);
        failAt("3", exchange -> {
            if (failures.getAndDecrement() > 0) {
                throw new IllegalStateException("not now");
            }
        });
        queue.insert(events(5));
        context.awaitSeen(7);

        assertThat(context.seen).containsExactly("0", "1", "2", "3", "3", "3", "4");
        awaitFinished();
    }

    @Test
    void rollbackOnlyAbortsTheBatch() throws Exception {
        var failures = new AtomicInteger(1);
        failAt("1", exchange -> {
            if (failures.getAndDecrement() > 0) {
                exchange.setRollbackOnly(true);
            }
        });
        queue.insert(events(3));
        context.awaitSeen(4);

        assertThat(context.seen).containsExactly("0", "1", "1", "2");
    }

    @Test
    void rollbackOnlyLastAbortsTheBatch() throws Exception {
        var failures = new AtomicInteger(1);
        failAt("1", exchange -> {
            if (failures.getAndDecrement() > 0) {
                exchange.setRollbackOnlyLast(true);
            }
        });
        queue.insert(events(3));
        context.awaitSeen(4);

        assertThat(context.seen).containsExactly("0", "1", "1", "2");
    }

    @Test
    void handledContinuedAndDeadLetteredExchangesSucceeded() throws Exception {
        context.route(new RouteBuilder() {
            @Override
            public void configure() {
                onException(IllegalArgumentException.class).handled(true);
                onException(IllegalStateException.class).continued(true);
                errorHandler(deadLetterChannel("direct:dead"));
                from("direct:dead").to("log:dead?level=OFF");
                from(uri).process(exchange -> {
                    var body = exchange.getMessage().getBody(String.class);
                    context.seen.add(body);
                    switch (body) {
                        case "0" -> throw new IllegalArgumentException("handled");
                        case "1" -> throw new IllegalStateException("continued");
                        case "2" -> throw new UnsupportedOperationException("dead letter");
                        default -> {}
                    }
                });
            }
        });
        context.start();
        queue.insert(events(4));
        context.awaitSeen(4);

        assertThat(context.seen).containsExactly("0", "1", "2", "3");
        awaitFinished();
    }

    @Test
    void aStopInMidBatchLeavesItOpen() throws Exception {
        var inside = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        context.route(new RouteBuilder() {
            @Override
            public void configure() {
                from(uri).routeId("slow").process(exchange -> {
                    context.seen.add(exchange.getMessage().getBody(String.class));
                    inside.countDown();
                    goOn.await();
                });
            }
        });
        context.start();
        queue.insert(events(3));
        inside.await();
        var stopping = new Thread(() -> {
            try {
                context.camel.getRouteController().stopRoute("slow");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        stopping.start();
        // The route says that it stops before its consumer knows.
        await().until(() -> context.consumer("slow").isSuspendingOrSuspended());
        goOn.countDown();
        stopping.join();

        assertThat(context.seen).containsExactly("0");
        assertThat(new PgqConsumerClient(database.dataSource(), queue.name(), "c")
                        .info()
                        .orElseThrow()
                        .get("current_batch"))
                .isNotNull();
        context.camel.getRouteController().startRoute("slow");
        await().untilAsserted(() -> assertThat(context.seen).containsSubsequence("0", "1", "2"));
        awaitFinished();
    }

    @Test
    void suspendedConsumerResumesWhereItWas() throws Exception {
        context.collect(uri).start();
        queue.insert(events(1));
        context.awaitSeen(1);
        context.camel.getRouteController().suspendRoute("collect");
        queue.insert(events(2));
        queue.forceTick();
        await().during(java.time.Duration.ofMillis(400)).until(() -> context.seen.size() == 1);
        context.camel.getRouteController().resumeRoute("collect");
        context.awaitSeen(3);
    }

    /** Otherwise Camel finds it pending now and then, and looks again a second later: each stop would last that long. */
    @Test
    void nothingIsPendingOnceAConsumerAtRestIsSuspended() throws Exception {
        context.collect(uri + "&delay=1").start();
        var consumer = context.consumer("collect");
        for (int i = 0; i < 30; i++) {
            consumer.suspend();
            assertThat(consumer.getPendingExchangesSize()).isZero();
            consumer.resume();
        }
    }

    @Test
    void itReconnectsEveryTime() throws Exception {
        context.collect(uri + "&retryDelay=100").start();
        for (int i = 1; i <= 3; i++) {
            queue.insert(events(1));
            context.awaitSeen(i);
            database.rows("select pg_terminate_backend(pid) from pg_stat_activity"
                    + " where datname = current_database() and pid <> pg_backend_pid()");
        }
        queue.insert(events(1));
        context.awaitSeen(4);
    }

    @Test
    void aRegisteredConsumerStartsAtTheLastTick() throws Exception {
        queue.insert(events(3));
        queue.forceTick();
        context.collect(uri).start();
        queue.insert(new NewEvent("a", "later"));
        context.awaitSeen(1);
        assertThat(context.seen).containsExactly("later");
    }

    @Test
    void whatIsWrongIsSaidInOneSentence() throws Exception {
        assertThatThrownBy(() -> context.collect("pgq:nowhere?consumerName=c").start())
                .hasRootCauseInstanceOf(java.sql.SQLException.class)
                .hasStackTraceContaining("Queue nowhere does not exist in this database")
                .satisfies(e -> assertThat(PgqException.class.cast(e.getCause()).sqlState())
                        .isEqualTo(SqlStates.NO_SUCH_QUEUE));
        try (var other = new PgqContext(pool)) {
            assertThatThrownBy(() -> other.collect("pgq:" + queue.name()).start())
                    .hasStackTraceContaining("Option consumerName is required to consume from queue");
        }
        try (var other = new PgqContext(pool)) {
            assertThatThrownBy(() -> other.collect(uri + "&register=false").start())
                    .hasStackTraceContaining("is not registered: use operation REGISTER or register=true");
        }
        try (var other = new PgqContext(pool)) {
            other.start();
            assertThatThrownBy(() -> other.camel.createConsumerTemplate().receive(uri, 10))
                    .hasStackTraceContaining("pollEnrich and ConsumerTemplate cannot read queue");
        }
    }

    private void failAt(String data, org.apache.camel.Processor failure) throws Exception {
        context.route(new RouteBuilder() {
            @Override
            public void configure() {
                from(uri + "&retryDelay=50").process(exchange -> {
                    var body = exchange.getMessage().getBody(String.class);
                    context.seen.add(body);
                    if (body.equals(data)) {
                        failure.process(exchange);
                    }
                });
            }
        });
        context.start();
    }

    private void awaitFinished() {
        var consumer = new PgqConsumerClient(database.dataSource(), queue.name(), "c");
        await().untilAsserted(() -> assertThat(consumer.info().orElseThrow())
                .containsEntry("current_batch", null)
                .containsEntry("pending_events", 0L));
    }

    private static List<NewEvent> events(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new NewEvent("a", "" + i))
                .toList();
    }

    private static List<String> data(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "" + i).toList();
    }
}
