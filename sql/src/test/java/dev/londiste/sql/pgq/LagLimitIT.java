package dev.londiste.sql.pgq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.londiste.sql.pgq.Session.SqlFailure;
import dev.londiste.testing.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who keeps events on the disk, and the limit for those who do so for too long. */
@Timeout(60)
class LagLimitIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    @Test
    void aConsumerBeyondTheLimitIsParkedRotationGoesOnAndItsNextReadSaysSo() {
        try (var queue = TestQueue.create(database, "limited")) {
            fallBehind(queue);
            assertThat(queue.rotate()).as("blocked by the lazy one").isEqualTo(1);
            queue.session().value("select pgq_client.set_max_consumer_lag('limited', '1 hour', null)");
            assertThat(queue.rotate()).as("not that late").isEqualTo(1);
            queue.session().value("select pgq_client.set_max_consumer_lag('limited', '1 microsecond', null)");
            assertThat(queue.rotate()).isEqualTo(2);

            assertThat(blockers("limited")).containsExactly("parked consumer lazy");
            for (var read : List.of(
                    "pgq.next_batch('limited', 'lazy')",
                    "pgq_client.poll('limited', 'lazy', false, null, null, null)")) {
                var failure = catchThrowableOfType(
                        SqlFailure.class, () -> queue.session().value("select " + read));
                assertThat(failure.sqlState()).isEqualTo("PQ004");
                assertThat(failure).hasMessageContaining("Parked at").hasMessageContaining("register it anew");
            }
            queue.insert("for the busy one");
            assertThat(queue.tickAndConsume("busy")).containsExactly("for the busy one");

            queue.session().value("select pgq.unregister_consumer('limited', 'lazy')");
            queue.register("lazy");
            queue.insert("once it is back");
            assertThat(queue.tickAndConsume("lazy")).containsExactly("once it is back");
            assertThat(blockers("limited")).noneMatch(blocker -> blocker.startsWith("parked"));
        }
    }

    @Test
    void theLimitMayBeOnBytes() {
        try (var queue = TestQueue.create(database, "bytes")) {
            fallBehind(queue);
            queue.session().value("select pgq_client.set_max_consumer_lag('bytes', null, 1000000000)");
            assertThat(queue.rotate()).isEqualTo(1);
            queue.session().value("select pgq_client.set_max_consumer_lag('bytes', null, 1)");
            assertThat(queue.rotate()).isEqualTo(2);
            assertThat(blockers("bytes")).containsExactly("parked consumer lazy");
        }
    }

    @Test
    void theLimitIsAParameterOfTheQueue() {
        try (var queue = TestQueue.create(database, "configured")) {
            assertThat(limits(queue, "'2 days'")).isEqualTo("2 days null");
            assertThat(limits(queue, "'50 GB'")).isEqualTo("null 53687091200");
            assertThat(limits(queue, "'1000 bytes, 36 hours'")).isEqualTo("36:00:00 1000");
            assertThat(limits(queue, "'off'")).isEqualTo("null null");
            assertThat(limits(queue, "null")).isEqualTo("null null");
            queue.session().value("select pgq_client.set_queue_config('configured', 'rotation_period', '3 hours')");
            assertThat(
                            queue.session()
                                    .<String>value(
                                            "select queue_rotation_period::text from pgq.queue where queue_name = 'configured'"))
                    .isEqualTo("03:00:00");
            assertThat(catchThrowableOfType(SqlFailure.class, () -> limits(queue, "'much'"))
                            .sqlState())
                    .isEqualTo("22007");
        }
    }

    private static String limits(TestQueue queue, String value) {
        queue.session().value("select pgq_client.set_queue_config('configured', 'max_consumer_lag', " + value + ")");
        return queue.session().value("""
                select concat(coalesce(max_lag_time::text, 'null'), ' ', coalesce(max_lag_bytes::text, 'null'))
                  from pgq_client.queue_setting join pgq.queue using (queue_id) where queue_name = 'configured'
                """);
    }

    /** One consumer, "lazy", stays where it is; "busy" goes on. */
    private static void fallBehind(TestQueue queue) {
        queue.tick();
        queue.register("lazy").register("busy").insert("unread");
        queue.tickAndConsume("busy");
        assertThat(queue.rotate()).isEqualTo(1);
        queue.tickAndConsume("busy");
        queue.tickAndConsume("busy");
    }

    @Test
    void statusNamesTransactionsAndLocksThatHoldRotationUp() {
        try (var queue = TestQueue.create(database, "held");
                var writer = Session.of(database);
                var dump = Session.of(database)) {
            queue.tick();
            queue.register("consumer");
            writer.begin("read committed");
            queue.insert(writer, "open");
            queue.rotate();
            queue.tickAndConsume("consumer");
            queue.tickAndConsume("consumer");
            var nextTable = "pgq.event_"
                    + queue.session().<Integer>value("select queue_id from pgq.queue where queue_name = 'held'")
                    + "_2";
            dump.begin("repeatable read").run("lock table " + nextTable + " in access share mode");

            assertThat(blockers("held")).containsExactlyInAnyOrder("transaction " + pid(writer), "lock " + pid(dump));

            writer.commit();
            dump.commit();
            queue.tickAndConsume("consumer");
            assertThat(blockers("held")).containsExactly("null null");
        }
    }

    private static int pid(Session session) {
        return session.<Integer>value("select pg_backend_pid()");
    }

    private static List<String> blockers(String queue) {
        return database.rows("select blocked_by, blocker from pgq_client.queue_status(?)", queue).stream()
                .map(row -> row.get("blocked_by") + " " + row.get("blocker"))
                .toList();
    }
}
