package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.londiste.pgq.NewEvent;
import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which events a consumer reads, and how ticks become its batches. */
@Timeout(60)
class SelectionIT {

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
        context = new PgqContext(database.pool(4));
    }

    @AfterEach
    void stop() {
        context.close();
    }

    @Test
    void onlyTheTablesAndTypesAskedFor() throws Exception {
        context.collect(uri + "&tables=shop.order*,public.t&eventTypes=I:*,R").start();
        insertSome();
        context.awaitSeen(3);
        awaitFinished();
        assertThat(context.seen).containsExactly("1", "4", "6");
    }

    @Test
    void onlyWhatTheSqlConditionLetsPass() throws Exception {
        context.collect(uri + "&filter=ev_data::int % 2 = 0 and ev_extra1 is not null")
                .start();
        insertSome();
        context.awaitSeen(3);
        awaitFinished();
        assertThat(context.seen).containsExactly("2", "4", "6");
    }

    @Test
    void batchesThatAreOldEnough() throws Exception {
        context.collect(uri + "&minLag=1500ms").start();
        queue.insert(new NewEvent("a", "1"));
        queue.forceTick();
        long ticked = System.nanoTime();
        context.awaitSeen(1);
        assertThat(Duration.ofNanos(System.nanoTime() - ticked)).isGreaterThan(Duration.ofMillis(1400));
    }

    @Test
    void ticksJoinedUntilThereAreEnoughEvents() throws Exception {
        collectBatches("&minCount=4&minInterval=1h");
        for (int i = 1; i <= 5; i++) {
            queue.insert(new NewEvent("a", "" + i));
            queue.forceTick();
        }
        context.awaitSeen(1);
        assertThat((Integer) context.seen.get(0)).isGreaterThanOrEqualTo(4);
    }

    @Test
    void ticksJoinedUntilEnoughTimeHasPassed() throws Exception {
        collectBatches("&minInterval=1s&minCount=1000000");
        long started = System.nanoTime();
        for (int i = 1; i <= 30; i++) {
            queue.insert(new NewEvent("a", "" + i));
            queue.forceTick();
        }
        await().until(() -> {
            queue.forceTick();
            return context.seen.stream().mapToInt(Integer.class::cast).sum() == 30;
        });
        var seconds = Duration.ofNanos(System.nanoTime() - started).toSeconds();
        assertThat(context.consumer("batches").getBatchCount()).isLessThanOrEqualTo(seconds + 2);
    }

    /** The sizes of batches that are one page each. */
    private void collectBatches(String options) throws Exception {
        context.route(new RouteBuilder() {
            @Override
            public void configure() {
                from(uri + options)
                        .routeId("batches")
                        .filter(exchange -> exchange.getProperty(Exchange.BATCH_COMPLETE, Boolean.class))
                        .process(exchange -> context.seen.add(exchange.getProperty(Exchange.BATCH_SIZE)));
            }
        });
        context.start();
    }

    private void insertSome() {
        queue.insert(List.of(
                new NewEvent("I:id", "1", "shop.orders", null, null, null),
                new NewEvent("U:id", "2", "shop.orders", null, null, null),
                new NewEvent("I:id", "3", "shop.customers", null, null, null),
                new NewEvent("R", "4", "shop.order_lines", null, null, null),
                new NewEvent("I:id", "5"),
                new NewEvent("I:id", "6", "public.t", null, null, null)));
    }

    private void awaitFinished() {
        var consumer = new PgqConsumerClient(database.dataSource(), queue.name(), "c");
        await().untilAsserted(() -> assertThat(consumer.info().orElseThrow())
                .containsEntry("current_batch", null)
                .containsEntry("pending_events", 0L));
    }
}
