package dev.londiste.sql.pgq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.londiste.sql.pgq.Session.SqlFailure;
import dev.londiste.testing.TestDatabase;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

@Timeout(60)
class TickerIT {

    private static final String NO_PAUSE = "1 microsecond";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    @RegisterExtension
    static final TestDatabase otherDatabase = TestDatabase.empty();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pgq.ticker()",
                "pgq.ticker('isolation')",
                "pgq_client.tick_now('isolation')",
                "pgq_client.tick_if_due('isolation')"
            })
    void C10_aTickerRefusesAnyIsolationButReadCommitted(String ticker) {
        try (var queue = TestQueue.create(database, "isolation")) {
            queue.session().begin("repeatable read");
            var failure =
                    catchThrowableOfType(SqlFailure.class, () -> queue.session().value("select " + ticker));
            queue.session().rollback();
            assertThat(failure.sqlState()).isEqualTo("PQ005");
        }
    }

    @Test
    void C10_ticksOfManyTickersStoreSnapshotsInOrder() throws Exception {
        var name = "many_tickers";
        try (var queue = TestQueue.create(database, name)) {
            var threads = Executors.newFixedThreadPool(6);
            try {
                var writers = Stream.generate(() -> threads.submit(() -> write(name, 150)))
                        .limit(2);
                var tickers = Stream.generate(() -> threads.submit(() -> tick(name, 100)))
                        .limit(4);
                for (Future<?> task : Stream.concat(writers, tickers).toList()) {
                    task.get();
                }
            } finally {
                threads.shutdownNow();
            }
            // Each tick must see all that the one before saw.
            assertThat(queue.session().<Long>value("""
                            select count(*) from (
                                select tick_snapshot as cur, lag(tick_snapshot) over (order by tick_id) as prev
                                from pgq.tick join pgq.queue on queue_id = tick_queue where queue_name = ?) t
                            where txid_snapshot_xmax(prev) > txid_snapshot_xmax(cur)
                               or exists (select from txid_snapshot_xip(cur) x where txid_visible_in_snapshot(x, prev))
                            """, name)).isZero();
            assertThat(queue.ticks("tick_id")).hasSizeGreaterThan(400);
        }
    }

    @Test
    void C10_aTickWaitsForTheOneBeforeItToBeCommitted() throws Exception {
        try (var first = TestQueue.create(database, "in_order");
                var second = TestQueue.open(database, "in_order")) {
            int pid = second.session().<Integer>value("select pg_backend_pid()");
            first.session().begin("read committed");
            var earlier = first.tick();
            var thread = Executors.newSingleThreadExecutor();
            try {
                var later = thread.submit(second::tick);
                boolean waits = false;
                while (!waits && !later.isDone()) {
                    waits = database.<Boolean>value(
                            "select wait_event_type is not distinct from 'Lock' from pg_stat_activity where pid = ?",
                            pid);
                }
                assertThat(waits).isTrue();
                first.session().commit();
                assertThat(later.get()).isGreaterThan(earlier);
            } finally {
                thread.shutdownNow();
            }
        }
    }

    private static void write(String name, int events) {
        try (var queue = TestQueue.open(database, name)) {
            for (int i = 0; i < events; i++) {
                queue.insert("event " + i);
            }
        }
    }

    private static void tick(String name, int ticks) {
        try (var queue = TestQueue.open(database, name)) {
            for (int i = 0; i < ticks; i++) {
                queue.tick();
            }
        }
    }

    @Test
    void C12_anEventThatCommitsAfterATickThatCountedItGetsATickOfItsOwn() {
        try (var queue = TestQueue.create(database, "late").configure("queue_ticker_max_lag", NO_PAUSE);
                var late = Session.of(database)) {
            queue.register("consumer");
            late.begin("read committed");
            queue.insert(late, "late");
            assertThat(queue.tickAndConsume("consumer")).isEmpty();

            assertThat(queue.tickIfDue()).as("while it is not committed").isNull();
            late.commit();

            assertThat(queue.tickIfDue()).isNotNull();
            assertThat(queue.consume("consumer")).containsExactly("late");
            assertThat(queue.tickIfDue()).as("once it is delivered").isNull();
        }
    }

    @Test
    void C12_retriedEventsGetATickAtOnce() {
        try (var queue = TestQueue.create(database, "retried").configure("queue_ticker_max_lag", NO_PAUSE)) {
            queue.register("consumer");
            var id = queue.insert("again");
            queue.tick();
            var batch = queue.next("consumer");
            queue.session().value("select pgq.event_retry(?, ?, 0)", batch, id);
            queue.finish(batch);

            assertThat(queue.session().<Integer>value("select pgq.maint_retry_events()"))
                    .isEqualTo(1);

            assertThat(queue.tickIfDue()).isNotNull();
            assertThat(queue.consume("consumer")).containsExactly("again");
        }
    }

    @Test
    void C12_unrelatedTransactionsHereAndInOtherDatabasesMakeNoTicks() {
        database.execute("create table unrelated (id int)");
        otherDatabase.execute("create table unrelated (id int)");
        try (var queue = TestQueue.create(database, "unrelated").configure("queue_ticker_max_lag", NO_PAUSE);
                var here = Session.of(database);
                var there = Session.of(otherDatabase)) {
            here.begin("read committed").run("insert into unrelated values (1)");
            there.begin("read committed").run("insert into unrelated values (1)");
            queue.configure("queue_ticker_max_lag", "1 hour");
            queue.tick();
            queue.tick();
            queue.configure("queue_ticker_max_lag", NO_PAUSE);
            // Two ticks an hour apart: nothing is due before two hours have passed, but for events.
            queue.session()
                    .run(
                            "update pgq.tick set tick_time = tick_time - interval '1 hour' where tick_id < (select max(tick_id) from pgq.tick)");
            here.commit();
            there.commit();
            assertThat(queue.tickIfDue()).isNull();
        }
    }

    @Test
    void aTickSendsOneNotificationAndAnEventNone() throws Exception {
        try (var queue = TestQueue.create(database, "notified");
                var listener = Session.of(database)) {
            listener.run("listen pgq");
            queue.insert("one");
            queue.insert("two");
            queue.tick();
            var received = listener.connection().unwrap(PGConnection.class).getNotifications(5_000);
            assertThat(received).hasSize(1);
            assertThat(received[0].getParameter()).isEqualTo("notified");
        }
    }

    @Test
    void eventsAreTickedByCountOrByAge() {
        try (var queue = TestQueue.create(database, "due").configure("queue_ticker_max_count", "3")) {
            queue.configure("queue_ticker_max_lag", "1 hour");
            queue.insert("one");
            queue.insert("two");
            assertThat(queue.tickIfDue()).isNull();
            queue.insert("three");
            queue.insert("four");
            assertThat(queue.tickIfDue()).as("by count").isNotNull();
            queue.insert("five");
            assertThat(queue.tickIfDue()).isNull();
            queue.configure("queue_ticker_max_lag", NO_PAUSE);
            assertThat(queue.tickIfDue()).as("by age").isNotNull();
        }
    }

    @Test
    void aTickThatIsNotDueCostsNoTransactionIdAndNoLock() {
        try (var queue = TestQueue.create(database, "idle")) {
            queue.tick();
            queue.insert("one");
            queue.session().begin("read committed");
            assertThat(queue.tickIfDue()).isNull();
            assertThat(queue.session().<Object>value("select txid_current_if_assigned()"))
                    .isNull();
            // Reading a sequence takes a lock, which conflicts with nothing but DDL.
            assertThat(queue.session().<String>column("""
                            select mode || relation::regclass from pg_locks left join pg_class c on c.oid = relation
                            where pid = pg_backend_pid() and mode <> 'AccessShareLock'
                              and locktype <> 'virtualxid' and relkind is distinct from 'S'
                            """)).isEmpty();
            queue.session().rollback();
        }
    }

    @Test
    void C14_tickerAndConsumersStopWhenTransactionIdsLieBehindTheLastTick() {
        try (var queue = TestQueue.create(database, "restored").register("consumer")) {
            queue.session()
                    .run("update pgq.tick set tick_snapshot = '900000000000:900000000000:' where tick_queue = "
                            + "(select queue_id from pgq.queue where queue_name = 'restored')");
            for (var call : new String[] {
                "pgq.ticker('restored')",
                "pgq_client.tick_now('restored')",
                "pgq_client.poll('restored', 'consumer', false, null, null, null)"
            }) {
                var failure = catchThrowableOfType(
                        SqlFailure.class, () -> queue.session().value("select " + call));
                assertThat(failure.sqlState()).as(call).isEqualTo("PQ006");
            }
            queue.session().value("select pgq.drop_queue('restored', true)");
        }
    }
}
