package dev.londiste.sql.pgq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.londiste.sql.pgq.Session.SqlFailure;
import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** C13: rotation never makes a writer wait and never loses an event. */
@Timeout(60)
class RotationIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    @Test
    void C13_rotationGoesRoundWhenAllHaveConsumed() {
        try (var queue = TestQueue.create(database, "round").register("consumer")) {
            for (int expected : new int[] {1, 2, 0, 1}) {
                queue.insert("event");
                assertThat(queue.tickAndConsume("consumer")).hasSize(1);
                queue.tickAndConsume("consumer");
                assertThat(queue.rotate()).isEqualTo(expected);
            }
        }
    }

    @Test
    void C13_whatSomeConsumerHasNotReadIsNotEmptied() {
        try (var queue = TestQueue.create(database, "slow").register("slow")) {
            queue.insert("unread");
            queue.tick();
            for (int i = 0; i < 5; i++) {
                queue.rotate();
                queue.tick();
            }
            assertThat(queue.consume("slow")).containsExactly("unread");
        }
    }

    @Test
    void C13_aRepeatableReadWriterOlderThanTheRotationLosesNothing() {
        try (var queue = TestQueue.create(database, "stale").register("consumer");
                var writer = Session.of(database)) {
            writer.begin("repeatable read").value("select count(*) from pgq.queue");
            for (int i = 0; i < 2; i++) {
                queue.insert("event " + i);
                queue.tickAndConsume("consumer");
                queue.tickAndConsume("consumer");
                queue.rotate();
            }
            queue.insert(writer, "stale");
            assertThat(writer.<String>column("select tableoid::regclass::text from pgq.event_template"))
                    .as("goes to the table that is current now")
                    .contains("pgq.event_" + queueId(queue) + "_" + queue.currentTable());
            writer.commit();
            assertThat(queue.tickAndConsume("consumer")).containsExactly("stale");
        }
    }

    @Test
    void C13_anEventInAnyOfTheTablesIsReadAndIsNotEmptied() {
        try (var queue = TestQueue.create(database, "anywhere").register("consumer")) {
            for (int table = 0; table < 3; table++) {
                insertInto(queue, table);
                queue.tick();
                for (int i = 0; i < 3; i++) {
                    queue.rotate();
                }
                assertThat(queue.consume("consumer")).containsExactly("in table " + table);
                queue.tickAndConsume("consumer");
            }
        }
    }

    /** As a writer does whose table number is stale. */
    private static void insertInto(TestQueue queue, int table) {
        queue.session()
                .run("insert into pgq.event_" + queueId(queue) + "_" + table
                        + " (ev_id, ev_time, ev_data) values (1, now(), 'in table " + table + "')");
    }

    private static int queueId(TestQueue queue) {
        return queue.session().<Integer>value("select queue_id from pgq.queue where queue_name = ?", queue.name());
    }

    @Test
    void C13_aDumpThatReadsTheNextTablePostponesRotationAndNobodyWaits() {
        try (var queue = TestQueue.create(database, "dump").register("consumer");
                var dump = Session.of(database)) {
            dump.begin("repeatable read").run("lock table pgq.event_" + queueId(queue) + "_1 in access share mode");
            queue.session().run("set lock_timeout = '1s'");
            assertThat(queue.rotate()).as("postponed").isZero();
            queue.insert("meanwhile");
            assertThat(queue.tickAndConsume("consumer")).containsExactly("meanwhile");
            dump.commit();
            queue.tickAndConsume("consumer");
            assertThat(queue.rotate()).isEqualTo(1);
        }
    }

    @Test
    void C13_aReaderOfABatchDoesNotKeepRotationFromTheNextTable() {
        try (var queue = TestQueue.create(database, "reader")
                        .register("consumer")
                        .register("reader");
                var reader = Session.of(database)) {
            queue.insert("event");
            queue.tick();
            queue.consume("consumer");
            var batch = queue.next("reader");
            reader.begin("read committed");
            assertThat(reader.<String>column("select ev_data from pgq.get_batch_cursor(?, 'c', 10)", batch))
                    .containsExactly("event");
            queue.configure("queue_switch_step2", "1");
            assertThat(queue.rotate()).isEqualTo(1);
            reader.commit();
        }
    }

    @Test
    void C13_aWriterInAnOpenTransactionKeepsItsTableFromBeingEmptied() {
        try (var queue = TestQueue.create(database, "long_writer").register("consumer");
                var writer = Session.of(database)) {
            writer.begin("read committed");
            queue.insert(writer, "long");
            for (int i = 0; i < 4; i++) {
                queue.tickAndConsume("consumer");
                queue.rotate();
            }
            assertThat(queue.currentTable()).as("one rotation, no more").isEqualTo(1);
            writer.commit();
            assertThat(queue.tickAndConsume("consumer")).containsExactly("long");
        }
    }

    @Test
    void C13_aTickThatAConsumerMayRegisterAtHasAllItsEvents() {
        try (var queue = TestQueue.create(database, "old_tick")) {
            var ticks = queue.ticks("tick_id");
            queue.insert("first");
            queue.tick();
            for (int i = 0; i < 3; i++) {
                queue.rotate();
                queue.tick();
            }
            assertThat(queue.ticks("tick_id"))
                    .doesNotContainAnyElementsOf(ticks)
                    .isNotEmpty();
            var failure = catchThrowableOfType(
                    SqlFailure.class,
                    () -> queue.session()
                            .value("select pgq.register_consumer_at('old_tick', 'late', ?)", ticks.get(0)));
            assertThat(failure.sqlState()).isEqualTo("PQ004");
        }
    }

    @Test
    void C13_rotationWaitsForNobodyWhoHoldsTheQueueRow() {
        try (var queue = TestQueue.create(database, "registering").configure("queue_rotation_period", "0");
                var registering = Session.of(database)) {
            registering.begin("read committed").value("select pgq.register_consumer('registering', 'c')");
            queue.session().run("set lock_timeout = '1s'");
            queue.session().value("select pgq_client.maintain('registering')");
            assertThat(queue.currentTable()).as("postponed").isZero();
            assertThat(queue.tick()).as("ticks go on").isPositive();
            registering.rollback();
            queue.session().value("select pgq_client.maintain('registering')");
            assertThat(queue.currentTable()).isEqualTo(1);
        }
    }
}
