package dev.londiste.sql.pgq;

import static java.util.Collections.emptyList;

import dev.londiste.testing.TestDatabase;
import java.util.ArrayList;
import java.util.List;

/** A queue of one test with one session to it. Not thread-safe. */
final class TestQueue implements AutoCloseable {

    private final String name;
    private final Session session;

    private TestQueue(String name, Session session) {
        this.name = name;
        this.session = session;
    }

    /** Creates the queue, which makes its first tick. */
    static TestQueue create(TestDatabase database, String name) {
        var queue = open(database, name);
        queue.session.value("select pgq.create_queue(?)", name);
        return queue;
    }

    static TestQueue open(TestDatabase database, String name) {
        return new TestQueue(name, Session.of(database));
    }

    String name() {
        return name;
    }

    Session session() {
        return session;
    }

    TestQueue configure(String column, String value) {
        session.run("update pgq.queue set " + column + " = '" + value + "' where queue_name = '" + name + "'");
        return this;
    }

    TestQueue register(String consumer) {
        session.value("select pgq.register_consumer(?, ?)", name, consumer);
        return this;
    }

    long insert(String data) {
        return insert(session, data);
    }

    /** Inserts in a session of the test's own. */
    long insert(Session writer, String data) {
        return writer.<Long>value("select pgq.insert_event(?, 'test', ?)", name, data);
    }

    long tick() {
        return session.<Long>value("select pgq_client.tick_now(?)", name);
    }

    Long tickIfDue() {
        return session.value("select pgq_client.tick_if_due(?)", name);
    }

    Long next(String consumer) {
        return session.value("select pgq.next_batch(?, ?)", name, consumer);
    }

    List<String> events(long batch) {
        return session.column("select ev_data from pgq.get_batch_events(?)", batch);
    }

    int finish(long batch) {
        return session.<Integer>value("select pgq.finish_batch(?)", batch);
    }

    /** What all waiting batches of a consumer hold; finishes them. */
    List<String> consume(String consumer) {
        var consumed = new ArrayList<String>();
        for (var batch = next(consumer); batch != null; batch = next(consumer)) {
            consumed.addAll(events(batch));
            finish(batch);
        }
        return consumed;
    }

    /** Ticks, then as {@link #consume}. */
    List<String> tickAndConsume(String consumer) {
        tick();
        return consume(consumer);
    }

    /** One rotation, its two steps in transactions of their own; the number of the current table after it. */
    int rotate() {
        configure("queue_rotation_period", "0");
        session.value("select pgq.maint_rotate_tables_step1(?)", name);
        session.value("select pgq.maint_rotate_tables_step2()");
        return currentTable();
    }

    int currentTable() {
        return session.<Integer>value("select queue_cur_table from pgq.queue where queue_name = ?", name);
    }

    /** A condition on ticks of this queue, for queries. */
    <T> List<T> ticks(String column) {
        var rows = session.<T>column(
                "select " + column
                        + " from pgq.tick join pgq.queue on queue_id = tick_queue where queue_name = ? order by tick_id",
                name);
        return rows.isEmpty() ? emptyList() : rows;
    }

    @Override
    public void close() {
        session.close();
    }
}
