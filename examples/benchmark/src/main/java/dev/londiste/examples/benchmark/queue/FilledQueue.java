package dev.londiste.examples.benchmark.queue;

import dev.londiste.examples.benchmark.server.Database;
import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqQueue;
import java.sql.SQLException;
import java.util.List;

/** A queue with events like those of a captured table, all in one batch. */
final class FilledQueue {

    static final String NAME = "benchmark";

    private FilledQueue() {}

    static void in(Database database, int events, List<String> consumers) throws SQLException {
        var queue = new PgqQueue(database.dataSource(), NAME);
        queue.create();
        consumers.forEach(consumer -> new PgqConsumerClient(database.dataSource(), NAME, consumer).register());
        database.execute("select count(pgq.insert_event('" + NAME
                + "', 'I:id', '{\"id\":' || n || ',\"v\":\"' || rpad(md5(n::text), 100, 'x') || '\"}', 'public.t', null, null, null))"
                + " from generate_series(1, " + events + ") n");
        queue.forceTick();
        database.execute("vacuum analyze pgq.event_1_0");
    }
}
