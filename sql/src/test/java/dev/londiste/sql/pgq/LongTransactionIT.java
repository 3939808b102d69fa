package dev.londiste.sql.pgq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Queries stay index-driven while a transaction stays open for long and keeps old row versions from being vacuumed. */
@Timeout(60)
class LongTransactionIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    @Test
    void aBatchCostsWhatItHoldsHoweverFarBackTheOldestTransactionIs() {
        try (var queue = TestQueue.create(database, "long").register("consumer");
                var longOpen = Session.of(database)) {
            longOpen.begin("repeatable read");
            queue.insert(longOpen, "long");
            insertInTransactionsOf(queue, 500, 20);
            assertThat(queue.tickAndConsume("consumer")).hasSize(10_000);
            queue.insert("few");
            queue.tick();
            var batch = queue.next("consumer");

            assertReadsFewBlocks(queue, batch);
            assertThat(queue.events(batch)).containsExactly("few");
            queue.finish(batch);
            longOpen.commit();
            assertThat(queue.tickAndConsume("consumer")).containsExactly("long");
        }
    }

    @Test
    void aBatchWithManyTransactionsThatWereRunningAtItsStartIsReadByIndex() {
        try (var queue = TestQueue.create(database, "running").register("consumer")) {
            insertInTransactionsOf(queue, 5, 3_000);
            queue.tick();
            // As if 300 of them had been running at the tick before.
            queue.session().run("""
                            update pgq.tick set tick_snapshot = (
                                select txid_snapshot_xmax(tick_snapshot) - 1000 || ':' || txid_snapshot_xmax(tick_snapshot)
                                       || ':' || string_agg((txid_snapshot_xmax(tick_snapshot) - 1000 + 3 * i)::text, ',' order by i)
                                from generate_series(0, 299) i)::txid_snapshot
                            where tick_queue = (select queue_id from pgq.queue where queue_name = 'running')
                              and tick_id = 2
                            """);
            queue.session().value("select pgq.register_consumer_at('running', 'consumer', 2)");
            queue.tick();
            var batch = queue.next("consumer");

            var query = queue.session().<String>value("select pgq.batch_event_sql(?)", batch);
            assertThat(query).contains("any");
            assertThat(queue.session().column("explain " + query).toString()).doesNotContain("Seq Scan");
            // Nearly 1,500: some of those ids may belong to other transactions of the server, such as autovacuum's.
            var running = queue.session().<Long>value("""
                            select count(*)
                              from pgq.queue q
                              join pgq.tick t on t.tick_queue = q.queue_id and t.tick_id = 2
                              join pgq.event_template e on e.ev_txid in (select txid_snapshot_xip(t.tick_snapshot))
                             where q.queue_name = 'running' and e.tableoid in (
                                   select c.oid from pgq.batch_event_tables(?) b join pg_class c on c.oid = b::regclass)
                            """, batch);
            assertThat(running).isGreaterThan(1_000);
            assertThat(queue.events(batch)).hasSize(running.intValue());
        }
    }

    @Test
    void pollingStaysCheapWhileVersionsOfThePositionPileUp() {
        try (var queue = TestQueue.create(database, "versions").register("consumer");
                var longOpen = Session.of(database)) {
            longOpen.begin("repeatable read").value("select count(*) from pgq.queue");
            batches(queue, 20);
            int atFirst = pollBuffers(queue);
            batches(queue, 1_000);
            assertThat(pollBuffers(queue)).isLessThan(atFirst + 15);
            longOpen.commit();
        }
    }

    private static int pollBuffers(TestQueue queue) {
        return queue.session()
                .buffers("select * from pgq_client.poll('" + queue.name() + "', 'consumer', true, null, null, null)");
    }

    private static void assertReadsFewBlocks(TestQueue queue, long batch) {
        var query = queue.session().<String>value("select pgq.batch_event_sql(?)", batch);
        assertThat(queue.session().column("explain " + query).toString()).doesNotContain("Seq Scan");
        assertThat(queue.session().buffers(query)).isLessThan(30);
    }

    private static void insertInTransactionsOf(TestQueue queue, int events, int transactions) {
        queue.session().run("""
                        do $$
                        begin
                            for i in 1 .. %d loop
                                perform pgq.insert_event('%s', 't', repeat('x', 200)) from generate_series(1, %d);
                                commit;
                            end loop;
                        end
                        $$
                        """.formatted(transactions, queue.name(), events));
    }

    private static void batches(TestQueue queue, int batches) {
        queue.session().run("""
                        do $$
                        begin
                            for i in 1 .. %d loop
                                perform pgq_client.tick_now('%s');
                                commit;
                                perform pgq.finish_batch(pgq.next_batch('%2$s', 'consumer'));
                                commit;
                            end loop;
                        end
                        $$
                        """.formatted(batches, queue.name()));
    }
}
