package dev.londiste.sql.pgq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.londiste.sql.pgq.Session.SqlFailure;
import dev.londiste.testing.TestDatabase;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class BatchIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    @Test
    void aBatchHoldsWhatBecameVisibleBetweenItsTicksInOrderOfIds() {
        try (var queue = TestQueue.create(database, "visible").register("consumer");
                var slow = Session.of(database)) {
            slow.begin("read committed");
            queue.insert(slow, "slow");
            queue.insert("quick");
            assertThat(queue.tickAndConsume("consumer")).containsExactly("quick");
            queue.insert("later");
            queue.insert(slow, "slow too");
            slow.commit();
            queue.insert("last");
            assertThat(queue.tickAndConsume("consumer")).containsExactly("slow", "later", "slow too", "last");
        }
    }

    @Test
    void savepointsAndRolledBackPartsKeepTheirTransaction() {
        try (var queue = TestQueue.create(database, "savepoints").register("consumer");
                var writer = Session.of(database)) {
            writer.begin("read committed");
            queue.insert(writer, "one");
            writer.run("savepoint s");
            queue.insert(writer, "gone");
            writer.run("rollback to s");
            queue.insert(writer, "two");
            assertThat(queue.tickAndConsume("consumer")).isEmpty();
            writer.commit();
            assertThat(queue.tickAndConsume("consumer")).containsExactly("one", "two");
        }
    }

    @Test
    void anOpenBatchIsHandedOutUntilItIsFinished() {
        try (var queue = TestQueue.create(database, "open").register("consumer")) {
            assertThat(queue.next("consumer")).isNull();
            queue.insert("one");
            queue.tick();
            var batch = queue.next("consumer");
            queue.insert("two");
            queue.tick();
            assertThat(queue.next("consumer")).isEqualTo(batch);
            assertThat(queue.events(batch)).containsExactly("one");
        }
    }

    @Test
    void twoSessionsOfOneConsumerGetTheSameBatch() throws Exception {
        try (var first = TestQueue.create(database, "same").register("consumer");
                var second = TestQueue.open(database, "same")) {
            first.tick();
            first.session().begin("read committed");
            var batch = first.next("consumer");
            var thread = Executors.newSingleThreadExecutor();
            try {
                var other = thread.submit(() -> second.next("consumer"));
                first.session().commit();
                assertThat(other.get()).isEqualTo(batch);
            } finally {
                thread.shutdownNow();
            }
        }
    }

    @Test
    void C16_finishingABatchThatIsNotOpenAnswersZero() {
        try (var queue = TestQueue.create(database, "finished").register("consumer")) {
            queue.tick();
            var batch = queue.next("consumer");
            assertThat(queue.finish(batch)).isEqualTo(1);
            assertThat(queue.finish(batch)).isZero();
            var failure = catchThrowableOfType(SqlFailure.class, () -> queue.events(batch));
            assertThat(failure.sqlState()).isEqualTo("PQ003");
        }
    }

    @Test
    void aRetriedEventComesBackToItsOwnConsumerOnlyAndCountsItsRetries() {
        try (var queue = TestQueue.create(database, "retry").register("one").register("two")) {
            var id = queue.insert("again");
            queue.insert("fine");
            queue.tick();
            var batch = queue.next("one");
            assertThat(queue.session().<Integer>value("select pgq.event_retry(?, ?, 0)", batch, id))
                    .isEqualTo(1);
            assertThat(queue.session().<Integer>value("select pgq.event_retry(?, ?, 0)", batch, id))
                    .isZero();
            queue.finish(batch);
            assertThat(queue.session().<Integer>value("select pgq_client.maintain('retry')"))
                    .isEqualTo(1);
            queue.tick();

            assertThat(queue.consume("two")).containsExactly("again", "fine");
            var again = queue.next("one");
            assertThat(queue.session().<String>column("select ev_retry || ev_data from pgq.get_batch_events(?)", again))
                    .containsExactly("1again");
        }
    }

    @Test
    void aBatchCanBeAskedToSpanEventsOrTimeAndToBeOld() {
        try (var queue = TestQueue.create(database, "custom").register("consumer")) {
            for (int tick = 0; tick < 4; tick++) {
                queue.insert("event " + tick);
                queue.tick();
            }
            assertThat(custom(queue, "null, 100, null")).as("not enough events").isNull();
            assertThat(custom(queue, "'1 hour', null, null")).as("too young").isNull();
            assertThat(custom(queue, "null, null, '1 hour'")).as("too short").isNull();
            var batch = custom(queue, "null, 2, null");
            assertThat(queue.events(batch)).hasSizeBetween(2, 4);
        }
    }

    private static Long custom(TestQueue queue, String limits) {
        return queue.session()
                .value("select batch_id from pgq.next_batch_custom('" + queue.name() + "', 'consumer', " + limits
                        + ")");
    }

    @Test
    void aCursorReadsPageByPageAndObeysACondition() {
        try (var queue = TestQueue.create(database, "cursor").register("consumer")) {
            for (int i = 1; i <= 5; i++) {
                queue.insert("event " + i);
            }
            queue.tick();
            var batch = queue.next("consumer");
            var session = queue.session().begin("read committed");
            assertThat(session.<String>column(
                            "select ev_data from pgq.get_batch_cursor(?, 'c', 2, 'ev_data <> ''event 2''')", batch))
                    .containsExactly("event 1", "event 3");
            session.commit();
        }
    }

    @Test
    void pollTicksOpensAndDescribesTheBatchInOneCall() {
        try (var queue = TestQueue.create(database, "polled").configure("queue_ticker_max_lag", "1 microsecond")) {
            queue.register("consumer").insert("one");
            var polled = database.rows("select * from pgq_client.poll('polled', 'consumer', true, null, null, null)");
            assertThat(polled).hasSize(1);
            var batch = polled.get(0);
            assertThat(batch.get("batch_id")).isNotNull();
            assertThat(batch.get("cur_tick_snapshot").toString()).matches("\\d+:\\d+:.*");
            queue.finish((Long) batch.get("batch_id"));
            assertThat(database.rows("select * from pgq_client.poll('polled', 'consumer', false, null, null, null)"))
                    .singleElement()
                    .satisfies(none -> assertThat(none.values()).containsOnlyNulls());
        }
    }

    @Test
    void whatIsUnknownIsNamedWithItsOwnSqlState() {
        try (var queue = TestQueue.create(database, "known")) {
            assertThat(sqlState(queue, "pgq_client.poll('unknown', 'c', true, null, null, null)"))
                    .isEqualTo("PQ001");
            assertThat(sqlState(queue, "pgq_client.poll('known', 'c', true, null, null, null)"))
                    .isEqualTo("PQ002");
            assertThat(sqlState(queue, "pgq.insert_event('unknown', 't', 'd')")).isEqualTo("PQ001");
            assertThat(sqlState(queue, "pgq.register_consumer_at('known', 'c', 77)"))
                    .isEqualTo("PQ004");
        }
    }

    private static String sqlState(TestQueue queue, String call) {
        return catchThrowableOfType(SqlFailure.class, () -> queue.session().value("select " + call))
                .sqlState();
    }

    @Test
    void aConsumerRegistersAtATickOnlyIfItIsThatVeryTick() {
        try (var queue = TestQueue.create(database, "identity")) {
            queue.insert("missed");
            var before = queue.tick();
            queue.insert("wanted");
            queue.tick();
            var register = """
                    select registered from pgq_client.tick_info('identity', %d) t,
                           pgq_client.register('identity', 'consumer', t.tick_id, t.tick_time%s, t.tick_snapshot)
                    """;
            var failure = catchThrowableOfType(
                    SqlFailure.class,
                    () -> queue.session().value(register.formatted(before, " + interval '1 microsecond'")));
            assertThat(failure.sqlState()).isEqualTo("PQ004");
            assertThat(queue.session().<Boolean>value(register.formatted(before, "")))
                    .isTrue();
            assertThat(queue.session().<Boolean>value(register.formatted(before, "")))
                    .isFalse();
            assertThat(queue.consume("consumer")).containsExactly("wanted");
        }
    }
}
