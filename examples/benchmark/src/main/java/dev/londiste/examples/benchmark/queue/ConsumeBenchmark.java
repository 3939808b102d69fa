package dev.londiste.examples.benchmark;

import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.pgq.SqlScripts;

/** Events of one batch, read and counted per second. */
record ConsumeBenchmark(int events) implements Trial<ConsumeBenchmark.Reader> {

    static final String QUEUE = "benchmark";
    static final String CONSUMER = "counter";

    /** Reads all events of the queue and answers how many they were. */
    interface Reader {
        long count(Database database) throws Exception;
    }

    @Override
    public String name() {
        return "consume";
    }

    @Override
    public String unit() {
        return "events/s";
    }

    @Override
    public Figure.Better better() {
        return Figure.Better.LARGER;
    }

    @Override
    public double measure(Servers servers, Reader way) throws Exception {
        try (var database = servers.provider()) {
            new SqlScripts(database.dataSource()).install("pgq");
            var queue = new PgqQueue(database.dataSource(), QUEUE);
            queue.create();
            new PgqConsumerClient(database.dataSource(), QUEUE, CONSUMER).register();
            database.execute("select count(pgq.insert_event('" + QUEUE
                    + "', 'I:id', '{\"id\":' || n || ',\"v\":\"' || rpad(md5(n::text), 100, 'x') || '\"}', 'public.t', null, null, null))"
                    + " from generate_series(1, " + events + ") n");
            queue.forceTick();
            database.execute("vacuum analyze pgq.event_1_0");
            long start = System.nanoTime();
            long count = way.count(database);
            double seconds = (System.nanoTime() - start) / 1e9;
            if (count != events) {
                throw new IllegalStateException("Counted " + count + " events of " + events);
            }
            return events / seconds;
        }
    }
}
