package dev.londiste.sql.pgq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.londiste.sql.pgq.Session.SqlFailure;
import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class FailedQueueIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    @Test
    void aFailedEventWaitsWithItsReasonUntilItIsRetriedOrDeleted() {
        try (var queue = TestQueue.create(database, "failing").register("one").register("two")) {
            var bad = queue.insert("bad");
            var worse = queue.insert("worse");
            queue.tick();
            var batch = queue.next("one");
            assertThat(fail(queue, batch, bad)).isEqualTo(1);
            assertThat(fail(queue, batch, bad)).as("failed already").isZero();
            assertThat(fail(queue, batch, worse)).isEqualTo(1);
            queue.finish(batch);

            assertThat(queue.session().<Integer>value("select pgq.failed_event_count('failing', 'one')"))
                    .isEqualTo(2);
            assertThat(
                            queue.session()
                                    .<String>column(
                                            "select ev_data || ': ' || ev_failed_reason from pgq.failed_event_list('failing', 'one')"))
                    .containsExactly("bad: no good", "worse: no good");
            assertThat(queue.session().<Long>column("select ev_id from pgq.failed_event_list('failing', 'one', 1, 1)"))
                    .containsExactly(worse);
            assertThat(queue.session().<Integer>value("select pgq.failed_event_count('failing', 'two')"))
                    .isZero();

            assertThat(queue.session().<Long>value("select pgq.failed_event_retry('failing', 'one', ?)", bad))
                    .isEqualTo(bad);
            assertThat(queue.session().<Integer>value("select pgq.failed_event_delete('failing', 'one', ?)", worse))
                    .isEqualTo(1);
            assertThat(queue.tickAndConsume("one")).containsExactly("bad");
            assertThat(queue.tickAndConsume("two")).containsExactly("bad", "worse");
        }
    }

    @Test
    void manyEventsOfABatchFailInOneStatement() {
        try (var queue = TestQueue.create(database, "many").register("one")) {
            var first = queue.insert("first");
            queue.insert("good");
            var last = queue.insert("last");
            queue.tick();
            var batch = queue.next("one");
            fail(queue, batch, first);
            assertThat(queue.session()
                            .<Integer>value(
                                    "select pgq_client.events_failed(?, array[" + first + "," + last
                                            + ",99], 'given up')",
                                    batch))
                    .isEqualTo(1);
            assertThat(queue.session()
                            .<String>column("select ev_data || ': ' || ev_failed_reason"
                                    + " from pgq.failed_event_list('many', 'one')"))
                    .containsExactly("first: no good", "last: given up");
        }
    }

    private static int fail(TestQueue queue, long batch, long event) {
        return queue.session().<Integer>value("select pgq.event_failed(?, ?, 'no good')", batch, event);
    }

    @Test
    void anEventThatIsNotThereIsAnError() {
        try (var queue = TestQueue.create(database, "none").register("one")) {
            queue.tick();
            var batch = queue.next("one");
            assertThat(catchThrowableOfType(SqlFailure.class, () -> fail(queue, batch, 99))
                            .sqlState())
                    .isEqualTo("PQ003");
            assertThat(catchThrowableOfType(
                                    SqlFailure.class,
                                    () -> queue.session().value("select pgq.failed_event_retry('none', 'one', 99)"))
                            .sqlState())
                    .isEqualTo("PQ003");
        }
    }

    @Test
    void unregisteringAConsumerForgetsItsFailedEvents() {
        try (var queue = TestQueue.create(database, "forgotten").register("one")) {
            var event = queue.insert("bad");
            queue.tick();
            fail(queue, queue.next("one"), event);
            queue.session().value("select pgq.unregister_consumer('forgotten', 'one')");
            assertThat(queue.session()
                            .<Long>value(
                                    "select count(*) from pgq.failed_queue where ev_data = 'bad' and ev_id = ?"
                                            + " and ev_owner not in (select sub_id from pgq.subscription)",
                                    event))
                    .isZero();
        }
    }
}
