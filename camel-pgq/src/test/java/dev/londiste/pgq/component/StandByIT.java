package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.londiste.pgq.NewEvent;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class StandByIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    private PgqQueue queue;
    private String uri;

    @BeforeEach
    void createQueue(TestInfo test) {
        var name = test.getTestMethod().orElseThrow().getName();
        queue = new PgqQueue(database.dataSource(), name);
        queue.create();
        uri = "pgq:" + name + "?consumerName=c";
    }

    @Test
    void oneOfTwoConsumesAndTheOtherTakesOver() throws Exception {
        try (var first = new PgqContext(database.pool(4)).collect(uri).start()) {
            insertUntilSeen(first);
            try (var second = new PgqContext(database.pool(4)).collect(uri).start()) {
                int before = first.seen.size();
                queue.insert(new NewEvent("a", "for the first"));
                first.awaitSeen(before + 1);
                assertThat(second.seen).isEmpty();
                assertThat(health(first)).isEqualTo("UP active");
                await().until(() -> health(second).equals("UP standby"));

                first.camel.stop();

                insertUntilSeen(second);
            }
        }
    }

    @Test
    void C17_aLostLockSessionIsTakenOver() throws Exception {
        try (var first = new PgqContext(database.pool(4)).collect(uri).start()) {
            insertUntilSeen(first);
            try (var second = new PgqContext(database.pool(4)).collect(uri).start()) {
                // Whoever is first takes the lock again: both go on being one.
                for (int i = 0; i < 5; i++) {
                    int before = first.seen.size() + second.seen.size();
                    database.rows("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'"
                            + " and database = (select oid from pg_database where datname = current_database())");
                    queue.insert(new NewEvent("a", "" + i));
                    await().atMost(Duration.ofSeconds(20)).until(() -> first.seen.size() + second.seen.size() > before);
                }
                await().during(Duration.ofMillis(300))
                        .untilAsserted(() -> assertThat(database.<Long>value(
                                        "select count(*) from pg_locks where locktype = 'advisory' and granted and database ="
                                                + " (select oid from pg_database where datname = current_database())"))
                                .isEqualTo(1));
            }
        }
    }

    private static String health(PgqContext context) {
        var result = context.consumer("collect").getHealthCheck().call();
        return result.getState() + " " + result.getDetails().get("role");
    }

    private void insertUntilSeen(PgqContext context) {
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            queue.insert(new NewEvent("a", "x"));
            return !context.seen.isEmpty();
        });
    }
}
