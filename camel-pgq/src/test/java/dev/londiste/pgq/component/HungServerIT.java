package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.londiste.pgq.NewEvent;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.testing.TcpProxy;
import dev.londiste.testing.TestDatabase;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheck.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.ds.PGSimpleDataSource;

/** A server that keeps its connections and answers nothing any more. */
@Timeout(120)
class HungServerIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    @Test
    void C17_isNoticedWithoutAnyOptionAndWhenItIsBackTheConsumerIsToo() throws Exception {
        var queue = new PgqQueue(database.dataSource(), "q");
        queue.create();
        var source = (PGSimpleDataSource) database.dataSource();
        try (var proxy = new TcpProxy(
                        URI.create(database.url().substring("jdbc:".length())).getPort());
                var context = new PgqContext(source)) {
            source.setPortNumbers(new int[] {proxy.port()});
            context.collect("pgq:q?consumerName=c").start();
            queue.insert(new NewEvent("a", "before"));
            context.awaitSeen(1);
            await().until(() -> health(context) == State.UP);

            proxy.hang();
            long hung = System.nanoTime();
            await().atMost(Duration.ofSeconds(50)).until(() -> health(context) == State.DOWN);
            System.out.printf("[MEASURED] a hung server is noticed after %.0f s%n", (System.nanoTime() - hung) / 1e9);
            proxy.resume();
            queue.insert(new NewEvent("a", "after"));
            context.awaitSeen(2);
            assertThat(context.seen).containsExactly("before", "after");
            await().until(() -> health(context) == State.UP);
        }
    }

    private static State health(PgqContext context) {
        return context.consumer("collect")
                .getHealthCheck()
                .call(Map.of(HealthCheck.CHECK_KIND, HealthCheck.Kind.READINESS))
                .getState();
    }
}
