package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.londiste.pgq.PgqQueue;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class IdleConsumerIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    @ParameterizedTest
    @ValueSource(strings = {"consumerName=alone", "consumerName=shared&subconsumer=worker"})
    void costsOneQueryPerPoll(String options) throws Exception {
        new PgqQueue(database.dataSource(), "q").create();
        // At rest: the pauses between idle ticks, which double from one to the next, have reached their longest.
        database.execute("update pgq.tick set tick_time = tick_time - interval '1 hour'");
        database.<Long>value("select pgq_client.tick_now('q')");
        var counting = new CountingDataSource(database.pool(4));
        try (var context = new PgqContext(counting.dataSource())
                .collect("pgq:q?" + options)
                .start()) {
            await().until(() -> context.consumer("collect").getCounter() > 30);
            int statementsBefore = counting.statements.get();
            long pollsBefore = context.consumer("collect").getCounter();
            long started = System.nanoTime();
            await().until(() -> context.consumer("collect").getCounter() >= pollsBefore + 60);
            var seconds = Duration.ofNanos(System.nanoTime() - started).toMillis() / 1000.0;
            int statements = counting.statements.get() - statementsBefore;
            long polls = context.consumer("collect").getCounter() - pollsBefore;

            // Heartbeat and maintenance come by the clock, however slow the polls are on a busy machine.
            assertThat(statements).isLessThanOrEqualTo((int) (polls + 4 + 2 * seconds));
            assertThat(statements / seconds).isLessThanOrEqualTo(12);
        }
    }
}
