package dev.londiste.sql.pgq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.londiste.sql.pgq.Session.SqlFailure;
import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class CapturedQueueIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    @Test
    void C07_aQueueWithCapturedTablesTakesNoEventsFromElsewhere() {
        try (var queue = TestQueue.create(database, "captured")) {
            queue.insert("before");
            queue.session().value("select pgq_client.set_captured('captured', true)");
            var failure = catchThrowableOfType(SqlFailure.class, () -> queue.insert("forged"));
            assertThat(failure.sqlState()).isEqualTo("PQ007");
            for (var drop : new String[] {"('captured')", "('captured', true)"}) {
                var refused = catchThrowableOfType(
                        SqlFailure.class, () -> queue.session().value("select pgq.drop_queue" + drop));
                assertThat(refused.serverMessage()).isEqualTo("cannot drop queue, it carries captured tables");
                assertThat(refused).hasMessageContaining("Remove its tables first");
            }
            queue.session().value("select pgq_client.set_captured('captured', false)");
            assertThat(queue.insert("after")).isPositive();
        }
    }

    @Test
    void C07_aWriterCannotReachTheFunctionsAndTablesBehindInsertEvent() throws Exception {
        var role = database.name() + "_writer";
        database.execute("create role " + role + " login password 'secret' in role pgq_writer");
        try (var queue = TestQueue.create(database, "guarded");
                var writer = Session.of(database.dataSource(role, "secret").getConnection())) {
            assertThat(queue.insert(writer, "allowed")).isPositive();
            for (var forbidden : new String[] {
                "select pgq.insert_event_raw('guarded', null, now(), null, null, 't', 'd', null, null, null, null)",
                "insert into pgq.event_template (ev_id, ev_time) values (1, now())",
                "insert into " + queue.session().<String>value("select pgq.current_event_table('guarded')")
                        + " (ev_id, ev_time) values (1, now())",
                "select pgq_client.set_captured('guarded', true)",
                "update pgq.subscription set sub_last_tick = 1",
                "select pgq.ticker()",
                "select pgq.next_batch('guarded', 'c')",
                "select pgq.create_queue('mine')",
                "select * from pgq.event_template"
            }) {
                var failure = catchThrowableOfType(SqlFailure.class, () -> writer.run(forbidden));
                assertThat(failure).as(forbidden).isNotNull();
                assertThat(failure.sqlState()).as(forbidden).isEqualTo("42501");
            }
        } finally {
            database.execute("drop role " + role);
        }
    }

    @Test
    void aReaderConsumesAndTicksAndDoesNothingElse() throws Exception {
        var role = database.name() + "_reader";
        database.execute("create role " + role + " login password 'secret' in role pgq_reader");
        try (var queue = TestQueue.create(database, "readable").configure("queue_ticker_max_lag", "1 microsecond");
                var reader = Session.of(database.dataSource(role, "secret").getConnection())) {
            reader.value("select registered from pgq_client.register('readable', 'c', null, null, null)");
            queue.insert("event");
            var batch =
                    reader.<Long>value("select batch_id from pgq_client.poll('readable', 'c', true, null, null, null)");
            assertThat(reader.<String>column("select ev_data from pgq.get_batch_events(?)", batch))
                    .containsExactly("event");
            reader.value("select pgq_client.maintain('readable')");
            assertThat(reader.<Integer>value("select pgq.finish_batch(?)", batch))
                    .isEqualTo(1);
            for (var forbidden : new String[] {
                "select pgq.insert_event('readable', 't', 'd')",
                "select pgq.ticker()",
                "select pgq.drop_queue('readable', true)",
                "select pgq_client.set_max_consumer_lag('readable', '1 s', null)",
                "delete from pgq.tick",
                "truncate pgq.event_template"
            }) {
                var failure = catchThrowableOfType(SqlFailure.class, () -> reader.run(forbidden));
                assertThat(failure).as(forbidden).isNotNull();
                assertThat(failure.sqlState()).as(forbidden).isEqualTo("42501");
            }
        } finally {
            database.execute("drop role " + role);
        }
    }

    @Test
    void aDisabledQueueTakesEventsOnlyFromReplicatingSessions() {
        try (var queue = TestQueue.create(database, "disabled").configure("queue_disable_insert", "true")) {
            var failure = catchThrowableOfType(SqlFailure.class, () -> queue.insert("refused"));
            assertThat(failure.sqlState()).isEqualTo("PQ007");
            queue.session().run("set session_replication_role = replica");
            assertThat(queue.insert("replicated")).isPositive();
        }
    }

    @Test
    void aTransactionMayInsertNoMoreEventsThanTheQueueAllows() {
        try (var queue = TestQueue.create(database, "limited").configure("queue_per_tx_limit", "2")) {
            queue.session().begin("read committed");
            queue.insert("one");
            queue.insert("two");
            var failure = catchThrowableOfType(SqlFailure.class, () -> queue.insert("three"));
            assertThat(failure.serverMessage()).isEqualTo("Queue 'limited' allows max 2 events from one TX");
            queue.session().rollback();
            assertThat(queue.insert("in the next transaction")).isPositive();
        }
    }

    @Test
    void retriedEventsObeyNoLimitAndWaitForADisabledQueue() {
        try (var queue = TestQueue.create(database, "retrying").register("c")) {
            for (int i = 0; i < 3; i++) {
                queue.insert("event " + i);
            }
            queue.tick();
            var batch = queue.next("c");
            queue.session().value("select pgq.batch_retry(?, 0)", batch);
            queue.finish(batch);
            queue.configure("queue_per_tx_limit", "1").configure("queue_disable_insert", "true");
            assertThat(queue.session().<Integer>value("select pgq_client.maintain('retrying')"))
                    .isZero();
            queue.configure("queue_disable_insert", "false");
            assertThat(queue.session().<Integer>value("select pgq_client.maintain('retrying')"))
                    .isEqualTo(3);
            assertThat(queue.tickAndConsume("c")).hasSize(3);
        }
    }
}
