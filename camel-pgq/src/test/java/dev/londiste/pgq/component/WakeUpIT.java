package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.pgq.NewEvent;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.testing.TestDatabase;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class WakeUpIT {

    private static final int ROUNDS = 21;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    private final SynchronousQueue<String> seen = new SynchronousQueue<>();

    @BeforeAll
    static void createQueue() {
        new PgqQueue(database.dataSource(), "q").create();
    }

    @Test
    void aTickWakesTheConsumerBetweenPolls() throws Exception {
        var pool = database.pool(6);
        var queue = new PgqQueue(pool, "q");
        try (var context = start(new PgqContext(pool), "pgq:q?consumerName=woken&ticker=false&delay=5m")) {
            for (int i = 0; i < ROUNDS; i++) {
                queue.insert(new NewEvent("a", "" + i));
                queue.forceTick();
                // Long before the next poll: one wake-up that is lost fails it.
                assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo("" + i);
            }
            assertThat(context.consumer("seen").getDelay()).isEqualTo(300_000);
        }
    }

    @Test
    void withoutNotifyThePollFindsIt() throws Exception {
        var pool = database.pool(6);
        var queue = new PgqQueue(pool, "q");
        try (var context = start(new PgqContext(pool), "pgq:q?consumerName=polling&notify=false&exclusive=false")) {
            queue.insert(new NewEvent("a", "polled"));
            assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo("polled");
            assertThat(context.consumer("seen").getScheduler())
                    .isNotInstanceOf(dev.londiste.pgq.component.consume.WakeableScheduler.class);
            assertThat(database.<Long>value("select count(*) from pg_locks where locktype = 'advisory' and database ="
                            + " (select oid from pg_database where datname = current_database())"))
                    .isZero();
        }
    }

    private PgqContext start(PgqContext context, String uri) throws Exception {
        return context.route(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from(uri)
                                .routeId("seen")
                                .process(exchange ->
                                        seen.offer(exchange.getMessage().getBody(String.class), 10, TimeUnit.SECONDS));
                    }
                })
                .start();
    }
}
