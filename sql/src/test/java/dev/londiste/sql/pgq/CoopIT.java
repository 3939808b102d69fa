package dev.londiste.sql.pgq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.londiste.sql.pgq.Session.SqlFailure;
import dev.londiste.testing.TestDatabase;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class CoopIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    @Test
    void workersTakeTurnsAndEachEventIsSeenOnce() throws Exception {
        try (var queue = TestQueue.create(database, "turns")) {
            var workers = List.of("a", "b", "c");
            workers.forEach(worker -> take(queue, worker, null));
            var expected = IntStream.range(0, 60).mapToObj(i -> "event " + i).toList();
            expected.forEach(event -> {
                queue.insert(event);
                queue.tick();
            });
            var seen = new ConcurrentLinkedQueue<String>();
            var threads = Executors.newFixedThreadPool(workers.size());
            try {
                for (Future<?> work : workers.stream()
                        .map(worker -> threads.submit(() -> work(worker, seen)))
                        .toList()) {
                    work.get();
                }
            } finally {
                threads.shutdownNow();
            }
            assertThat(seen).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    private static void work(String worker, ConcurrentLinkedQueue<String> seen) {
        try (var queue = TestQueue.open(database, "turns")) {
            for (var batch = take(queue, worker, null); batch != null; batch = take(queue, worker, null)) {
                seen.addAll(queue.events(batch));
                assertThat(finish(queue, batch)).isEqualTo(1);
            }
        }
    }

    private static Long take(TestQueue queue, String worker, String deadInterval) {
        return queue.session()
                .value(
                        "select pgq_coop.next_batch(?, 'consumer', ?, cast(? as interval))",
                        queue.name(),
                        worker,
                        deadInterval);
    }

    private static int finish(TestQueue queue, long batch) {
        return queue.session().<Integer>value("select pgq_coop.finish_batch(?)", batch);
    }

    @Test
    void C15_theBatchOfASilentWorkerGoesToTheOneThatAsksAndItsOwnerLearnsSo() {
        try (var queue = TestQueue.create(database, "silent")) {
            take(queue, "alive", null);
            take(queue, "dead", null);
            queue.insert("event");
            queue.tick();
            var batch = take(queue, "dead", null);

            assertThat(take(queue, "alive", "1 hour")).as("not silent for long").isNull();
            silence(queue, "dead");
            assertThat(take(queue, "dead", "1 hour"))
                    .as("asking is a sign of life")
                    .isEqualTo(batch);
            assertThat(take(queue, "alive", "1 hour")).isNull();
            silence(queue, "dead");
            assertThat(take(queue, "alive", "1 hour")).isEqualTo(batch);

            assertThat(queue.events(batch)).containsExactly("event");
            assertThat(finish(queue, batch)).isEqualTo(1);
            assertThat(finish(queue, batch)).as("C16").isZero();
        }
    }

    private static void silence(TestQueue queue, String worker) {
        queue.session()
                .run("update pgq.subscription set sub_active = now() - interval '2 hours' where sub_consumer ="
                        + " (select co_id from pgq.consumer where co_name = 'consumer." + worker + "')");
    }

    @Test
    void aWorkerWithABatchIsUnregisteredOnlyOnRequestAndTheConsumerTakesItsWorkersAlong() {
        try (var queue = TestQueue.create(database, "unregister")) {
            take(queue, "busy", null);
            take(queue, "idle", null);
            queue.tick();
            take(queue, "busy", null);
            var unregister = "select pgq_coop.unregister_subconsumer('unregister', 'consumer', ?, ?)";
            var refused =
                    catchThrowableOfType(SqlFailure.class, () -> queue.session().value(unregister, "busy", 0));
            assertThat(refused.serverMessage()).isEqualTo("subconsumer has active batch");
            assertThat(queue.session().<Integer>value(unregister, "busy", 1)).isEqualTo(1);
            assertThat(queue.session().<Integer>value(unregister, "busy", 1)).isZero();
            assertThat(queue.session().<Integer>value("select pgq.unregister_consumer('unregister', 'consumer')"))
                    .isEqualTo(2);
        }
    }

    @Test
    void whatAWorkerHasNotFinishedIsNotRotatedAway() {
        try (var queue = TestQueue.create(database, "rotated")) {
            take(queue, "slow", null);
            take(queue, "quick", null);
            queue.insert("slow event");
            queue.tick();
            var slow = take(queue, "slow", null);
            for (int i = 0; i < 4; i++) {
                queue.tick();
                finish(queue, take(queue, "quick", null));
                queue.rotate();
            }
            assertThat(queue.events(slow)).containsExactly("slow event");
        }
    }

    /** Workers poll ten times a second each: what there is to do is found out without the lock that they take turns by. */
    @Test
    void aWorkerThatFindsNothingTakesNoTransactionIdAndNoLock() {
        try (var queue = TestQueue.create(database, "at-rest").register("consumer")) {
            assertThat(poll(queue, "one")).as("registers").isNull();
            queue.session().begin("read committed");
            assertThat(poll(queue, "one")).isNull();
            assertThat(queue.session().<Object>value("select txid_current_if_assigned()"))
                    .isNull();
            assertThat(queue.session()
                            .<Long>value("select count(*) from pg_locks where pid = pg_backend_pid()"
                                    + " and mode in ('RowShareLock', 'RowExclusiveLock')"))
                    .isZero();
            queue.session().rollback();
        }
    }

    @Test
    void pollingHandsOutAsNextBatchDoes() {
        try (var queue = TestQueue.create(database, "polled").register("consumer")) {
            poll(queue, "one");
            poll(queue, "two");
            queue.insert("event");
            queue.tick();
            assertThat(queue.session()
                            .<String>value(
                                    "select concat_ws(' ', prev_tick_id, cur_tick_id, cur_tick_snapshot is not null)"
                                            + POLL,
                                    "polled",
                                    "one"))
                    .isEqualTo("1 2 t");
            var batch = poll(queue, "one");
            assertThat(batch).as("open").isNotNull();
            assertThat(poll(queue, "two")).isNull();

            silence(queue, "one");
            assertThat(poll(queue, "two")).as("C15").isEqualTo(batch);
            assertThat(queue.events(batch)).containsExactly("event");
            assertThat(finish(queue, batch)).isEqualTo(1);
        }
    }

    /** Registering it at the last tick, as next_batch does, would pass over what it has not seen. */
    @Test
    void C18_aConsumerThatIsNotRegisteredIsNotRegisteredByItsWorkers() {
        try (var queue = TestQueue.create(database, "unregistered").register("consumer")) {
            poll(queue, "one");
            queue.session().value("select pgq.unregister_consumer('unregistered', 'consumer')");
            assertThat(sqlState(queue)).isEqualTo("PQ002");
        }
    }

    @Test
    void C14_workersStopWhenTransactionIdsLieBehindTheLastTick() {
        try (var queue = TestQueue.create(database, "restored-workers").register("consumer")) {
            poll(queue, "one");
            queue.session()
                    .run("update pgq.tick set tick_snapshot = '900000000000:900000000000:' where tick_queue = "
                            + "(select queue_id from pgq.queue where queue_name = 'restored-workers')");
            assertThat(sqlState(queue)).isEqualTo("PQ006");
        }
    }

    private static String sqlState(TestQueue queue) {
        return catchThrowableOfType(SqlFailure.class, () -> poll(queue, "one")).sqlState();
    }

    private static final String POLL =
            " from pgq_client.poll_worker(?, 'consumer', ?, false, null, null, null, '1 hour')";

    private static Long poll(TestQueue queue, String worker) {
        return queue.session().value("select batch_id" + POLL, queue.name(), worker);
    }
}
