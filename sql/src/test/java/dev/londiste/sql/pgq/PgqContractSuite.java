package dev.londiste.sql.pgq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.londiste.sql.pgq.Session.SqlFailure;
import dev.londiste.testing.TestDatabase;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients of PgQ 3.5 rely on, and what pgq_client adds: the same on our SQL and on the C extension. */
@Timeout(60)
abstract class PgqContractSuite extends PgqTriggerSuite {

    /** A database with schema pgq of the variant and pgq_client of this build. */
    @Override
    protected abstract TestDatabase database();

    private TestQueue create(String name) {
        var queue = TestQueue.create(database(), name);
        // Beside the extension, ours ticks from the start: no pgqd runs here.
        queue.session().run("""
                        insert into pgq_client.queue_setting (queue_id, own_tick)
                        select queue_id, 1 from pgq.queue where queue_name = '%s'
                        on conflict (queue_id) do update set own_tick = 1
                        """.formatted(name));
        return queue;
    }

    private String error(TestQueue queue, String call) {
        return catchThrowableOfType(SqlFailure.class, () -> queue.session().value("select " + call))
                .serverMessage();
    }

    @Test
    void functionsHaveTheSignaturesOfPgq() {
        var signatures = database().rows("""
                        select p.proname || '(' || pg_get_function_arguments(p.oid) || ') ' || pg_get_function_result(p.oid) as f
                        from pg_proc p where p.pronamespace = 'pgq'::regnamespace
                        """).stream()
                .map(row -> row.get("f").toString())
                .toList();
        assertThat(signatures).containsAll(PgqSignatures.OF_3_5);
    }

    @Test
    void creatingAndDroppingAQueueAnswersAsPgqDoes() {
        try (var queue = create("codes")) {
            var session = queue.session();
            assertThat(session.<Integer>value("select pgq.create_queue('codes')"))
                    .isZero();
            assertThat(session.<Integer>value("select pgq.register_consumer('codes', 'c')"))
                    .isEqualTo(1);
            assertThat(session.<Integer>value("select pgq.register_consumer('codes', 'c')"))
                    .isZero();
            assertThat(error(queue, "pgq.drop_queue('codes')"))
                    .isEqualTo("cannot drop queue, consumers still attached");
            assertThat(error(queue, "pgq.drop_queue('none')")).isEqualTo("No such event queue");
            assertThat(error(queue, "pgq.create_queue(null)")).isEqualTo("Invalid NULL value");
            assertThat(error(queue, "pgq.register_consumer('none', 'c')")).isEqualTo("Event queue not created yet");
            assertThat(error(queue, "pgq.set_queue_config('codes', 'unknown', '1')"))
                    .startsWith("cannot change parameter");
            assertThat(session.<Integer>value("select pgq.set_queue_config('codes', 'ticker_max_count', '7')"))
                    .isEqualTo(1);
            assertThat(session.<Integer>value("select pgq.unregister_consumer('codes', 'c')"))
                    .isEqualTo(1);
            assertThat(session.<Integer>value("select pgq.unregister_consumer('codes', 'c')"))
                    .isZero();
            assertThat(session.<Integer>value("select pgq.drop_queue('codes')")).isEqualTo(1);
        }
    }

    @Test
    void batchesGoFromTickToTick() {
        try (var queue = create("batches").register("c")) {
            assertThat(queue.next("c")).isNull();
            queue.insert("one");
            queue.insert("two");
            queue.tick();
            var batch = queue.next("c");
            queue.insert("three");
            queue.tick();
            assertThat(queue.next("c")).isEqualTo(batch);
            assertThat(queue.events(batch)).containsExactly("one", "two");
            assertThat(queue.finish(batch)).isEqualTo(1);
            assertThat(queue.finish(batch)).isZero();
            assertThat(queue.consume("c")).containsExactly("three");
            assertThat(error(queue, "pgq.next_batch('batches', 'none')"))
                    .isEqualTo("Not subscriber to queue: batches/none");
        }
    }

    @Test
    void retriedAndFailedEventsComeBackToTheirConsumer() {
        try (var queue = create("retries").register("c").register("other")) {
            var again = queue.insert("again");
            var failed = queue.insert("failed");
            queue.tick();
            var batch = queue.next("c");
            var session = queue.session();
            assertThat(session.<Integer>value("select pgq.event_retry(?, ?, 0)", batch, again))
                    .isEqualTo(1);
            assertThat(session.<Integer>value("select pgq_client.event_failed(?, ?, 'why')", batch, failed))
                    .isEqualTo(1);
            queue.finish(batch);
            assertThat(session.<Integer>value("select pgq_client.maintain('retries')"))
                    .isEqualTo(1);
            assertThat(session.<Long>value("select pgq_client.failed_event_retry('retries', 'c', ?)", failed))
                    .isEqualTo(failed);
            assertThat(queue.tickAndConsume("c")).containsExactly("again", "failed");
            assertThat(queue.consume("other")).containsExactly("again", "failed");
        }
    }

    @Test
    void aConsumerIsMovedToATickThatIsThere() {
        try (var queue = create("moved").register("c")) {
            var start = queue.<Long>ticks("tick_id").get(0);
            queue.insert("event");
            assertThat(queue.tickAndConsume("c")).containsExactly("event");
            assertThat(queue.session().<Integer>value("select pgq.register_consumer_at('moved', 'c', ?)", start))
                    .isZero();
            assertThat(queue.consume("c")).containsExactly("event");
            assertThat(error(queue, "pgq.register_consumer_at('moved', 'c', 99)"))
                    .isEqualTo("cannot reposition, tick not found: 99");
        }
    }

    @Test
    void rotationGoesOnWhenAllHaveReadAndKeepsWhatIsUnread() {
        try (var queue = create("rotating").register("c")) {
            queue.insert("unread");
            queue.tick();
            for (int i = 0; i < 4; i++) {
                queue.rotate();
            }
            assertThat(queue.currentTable()).isLessThanOrEqualTo(1);
            assertThat(queue.consume("c")).containsExactly("unread");
            queue.tickAndConsume("c");
            var before = queue.currentTable();
            assertThat(queue.rotate()).isEqualTo((before + 1) % 3);
        }
    }

    @Test
    void pollTicksAndDescribesTheBatch() {
        try (var queue = create("polled").configure("queue_ticker_max_lag", "1 microsecond")) {
            queue.register("c").insert("event");
            var batch = poll(queue);
            assertThat(queue.events((Long) batch.get("batch_id"))).containsExactly("event");
            assertThat(batch.get("cur_tick_snapshot").toString()).matches("\\d+:\\d+:.*");
            queue.finish((Long) batch.get("batch_id"));
            assertThat(queue.session()
                            .<Boolean>value(
                                    "select registered from pgq_client.register('polled', 'c', null, null, null)"))
                    .isFalse();
            assertThat(catchThrowableOfType(
                                    SqlFailure.class,
                                    () -> queue.session()
                                            .value("select pgq_client.poll('polled', 'none', true, null, null, null)"))
                            .sqlState())
                    .isEqualTo("PQ002");
        }
    }

    private Map<String, Object> poll(TestQueue queue) {
        return database()
                .rows("select * from pgq_client.poll(?, 'c', true, null, null, null)", queue.name())
                .get(0);
    }

    @Test
    void lateCommitsAreTicked() {
        try (var queue = create("late").configure("queue_ticker_max_lag", "1 microsecond");
                var late = Session.of(database())) {
            queue.register("c");
            late.begin("read committed");
            queue.insert(late, "late");
            queue.tick();
            late.commit();
            assertThat(queue.tickIfDue()).isNotNull();
            assertThat(queue.consume("c")).isEqualTo(List.of("late"));
        }
    }

    @Test
    void statusNamesWhoBlocksRotation() {
        try (var queue = create("blocked").register("lazy")) {
            queue.insert("event");
            queue.tick();
            queue.rotate();
            assertThat(database().rows("select * from pgq_client.queue_status('blocked')"))
                    .anySatisfy(row -> {
                        assertThat(row).containsEntry("blocked_by", "consumer").containsEntry("blocker", "lazy");
                        assertThat((Long) row.get("event_bytes")).isPositive();
                    });
        }
    }

    @Test
    void workersShareAConsumer() {
        try (var queue = create("shared")) {
            var next = "select pgq_coop.next_batch('shared', 'c', ?)";
            assertThat(queue.session().<Long>value(next, "w1")).isNull();
            queue.insert("event");
            queue.tick();
            var batch = queue.session().<Long>value(next, "w1");
            assertThat(queue.session().<Long>value(next, "w2")).isNull();
            assertThat(queue.events(batch)).containsExactly("event");
            assertThat(queue.session().<Integer>value("select pgq_coop.finish_batch(?)", batch))
                    .isEqualTo(1);
        }
    }
}
