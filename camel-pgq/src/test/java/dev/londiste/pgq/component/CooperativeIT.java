package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.londiste.pgq.BatchSource;
import dev.londiste.pgq.NewEvent;
import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.pgq.PgqSubconsumer;
import dev.londiste.pgq.PollOptions;
import dev.londiste.pgq.SqlStates;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class CooperativeIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    private static final PollOptions QUIET = new PollOptions(false, null, null, null);

    private final ScheduledExecutorService keepers = Executors.newSingleThreadScheduledExecutor();
    private final CyclicBarrier bothAtWork = new CyclicBarrier(2);
    private PgqQueue queue;

    @BeforeEach
    void createQueue(TestInfo test) {
        queue = new PgqQueue(
                database.dataSource(), test.getTestMethod().orElseThrow().getName());
        queue.create();
    }

    @AfterEach
    void stop() {
        keepers.shutdownNow();
    }

    @Test
    void workersShareTheBatches() throws Exception {
        try (var first = context("one");
                var second = context("two")) {
            insertAndTick("1");
            await().until(() -> first.seen.size() + second.seen.size() == 1);
            // Whoever has the first batch keeps it open until the other one has the second.
            insertAndTick("2");
            await().until(() -> first.seen.size() + second.seen.size() == 2);
            assertThat(first.seen).hasSize(1);
            assertThat(second.seen).hasSize(1).doesNotContainAnyElementsOf(first.seen);
        }
    }

    @Test
    void C15_aSilentWorkerLosesItsBatchAndABusyOneDoesNot() throws Exception {
        var dead = Duration.ofMillis(600);
        var first = worker("one", dead);
        var second = worker("two", dead);
        new PgqConsumerClient(database.dataSource(), queue.name(), "c").register();
        first.poll(QUIET);
        queue.insert(new NewEvent("a", "1"));
        queue.forceTick();
        var batch = first.poll(QUIET).orElseThrow();

        var alive = first.keepAlive(batch);
        await().during(Duration.ofMillis(1500))
                .atMost(Duration.ofSeconds(10))
                .until(() -> second.poll(QUIET)
                        .filter(taken -> taken.id() == batch.id())
                        .isEmpty());
        alive.close();

        await().atMost(Duration.ofSeconds(10))
                .until(() -> second.poll(QUIET)
                        .filter(taken -> taken.id() == batch.id())
                        .isPresent());
        second.finish(batch);
        assertThatThrownBy(() -> first.finish(batch))
                .isInstanceOfSatisfying(
                        PgqException.class, e -> assertThat(e.sqlState()).isEqualTo(SqlStates.BATCH_NOT_OWNED));
    }

    @Test
    void aWorkerTicksWhateverIsolationLevelThePoolHandsOut() {
        queue.configure("ticker_max_lag", "0");
        var pool = new HikariDataSource();
        pool.setDataSource(database.dataSource());
        pool.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
        try (pool) {
            new PgqConsumerClient(pool, queue.name(), "c").register();
            var worker = new PgqSubconsumer(pool, queue.name(), "c", "one", Duration.ofMinutes(5), keepers);
            worker.poll(PollOptions.DEFAULT);
            queue.insert(new NewEvent("a", "1"));
            assertThat(worker.poll(PollOptions.DEFAULT)).isPresent();
        }
    }

    private void insertAndTick(String data) {
        queue.insert(new NewEvent("a", data));
        queue.forceTick();
    }

    private BatchSource worker(String name, Duration deadInterval) {
        return new PgqSubconsumer(database.dataSource(), queue.name(), "c", name, deadInterval, keepers);
    }

    private PgqContext context(String worker) throws Exception {
        var context = new PgqContext(database.pool(5));
        context.route(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:" + queue.name() + "?consumerName=c&subconsumer=" + worker)
                        .routeId("collect")
                        .process(exchange -> {
                            context.seen.add(exchange.getMessage().getBody(String.class));
                            bothAtWork.await(30, TimeUnit.SECONDS);
                        });
            }
        });
        context.start();
        return context;
    }
}
