package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.NewEvent;
import dev.londiste.pgq.PgqBatch;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A route that takes long, on a server that ends sessions which idle in a transaction. */
@Timeout(60)
class LongPausesIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    @BeforeAll
    static void endIdleTransactions() {
        database.execute("do $$ begin execute format('alter database %I set idle_in_transaction_session_timeout = 300',"
                + " current_database()); end $$");
    }

    @Test
    void C41_holdNoTransactionWithAnExchangePerEvent() throws Exception {
        consume("events", 20_000, "", new RouteSteps() {
            @Override
            public void each(PgqContext context, Object body) {
                pauseOnce(context);
                if (context.seen.size() % 2000 > 0) {
                    context.seen.add(body);
                    return;
                }
                assertThat(database.<Long>value(
                                "select count(*) from pg_stat_activity where backend_xmin is not null and"
                                        + " datname = current_database() and pid <> pg_backend_pid()"))
                        .isZero();
                context.seen.add(body);
            }
        });
    }

    @Test
    void C41_keepTheTransactionOfABatchAlive() throws Exception {
        consume("batches", 2000, "&batching=true", new RouteSteps() {
            @Override
            public void each(PgqContext context, Object body) {
                for (Event event : (PgqBatch) body) {
                    pauseOnce(context);
                    context.seen.add(event.data());
                }
            }
        });
    }

    private void consume(String name, int events, String options, RouteSteps steps) throws Exception {
        var queue = new PgqQueue(database.dataSource(), name);
        queue.create();
        try (var context = new PgqContext(database.pool(4))) {
            context.route(new RouteBuilder() {
                @Override
                public void configure() {
                    from("pgq:" + name + "?consumerName=c&fetchSize=1000" + options)
                            .process(exchange ->
                                    steps.each(context, exchange.getMessage().getBody()));
                }
            });
            context.start();
            queue.insert(IntStream.range(0, events)
                    .mapToObj(i -> new NewEvent("a", "" + i))
                    .toList());
            context.awaitSeen(events);
            assertThat(context.seen)
                    .isEqualTo(IntStream.range(0, events).mapToObj(i -> "" + i).toList());
        }
    }

    private interface RouteSteps {

        void each(PgqContext context, Object body);

        default void pauseOnce(PgqContext context) {
            if (context.seen.size() == 50) {
                LockSupport.parkNanos(Duration.ofMillis(900).toNanos());
            }
        }
    }
}
