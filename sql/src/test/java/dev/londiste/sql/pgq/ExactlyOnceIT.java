package dev.londiste.sql.pgq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Random writers, several tickers, rotation and two consumers at once: every committed event is delivered exactly once. */
@Timeout(120)
class ExactlyOnceIT {

    private static final int WRITERS = 6;
    private static final int TRANSACTIONS = 40;
    private static final int ROTATIONS = 3;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    private final ConcurrentLinkedQueue<String> committed = new ConcurrentLinkedQueue<>();
    private final AtomicInteger rotations = new AtomicInteger();
    private volatile boolean writing = true;

    @Test
    void everyCommittedEventIsDeliveredExactlyOnce() throws Exception {
        try (var queue = TestQueue.create(database, "storm").register("one").register("two")) {
            queue.configure("queue_ticker_max_lag", "10 milliseconds").configure("queue_rotation_period", "0");
            var threads = Executors.newCachedThreadPool();
            try {
                storm(threads);
            } finally {
                threads.shutdownNow();
            }
        }
    }

    private void storm(ExecutorService threads) throws Exception {
        var writers = new ArrayList<Future<Void>>();
        for (int i = 0; i < WRITERS; i++) {
            int seed = i;
            writers.add(threads.submit(() -> write(new Random(seed), "w" + seed)));
        }
        var others = new ArrayList<Future<Void>>();
        for (int i = 0; i < 3; i++) {
            others.add(threads.submit(repeated(queue -> queue.tickIfDue())));
        }
        others.add(threads.submit(repeated(this::rotate)));
        var one = threads.submit(() -> consume("one"));
        var two = threads.submit(() -> consume("two"));
        for (var writer : writers) {
            writer.get();
        }
        writing = false;
        for (var other : others) {
            other.get();
        }
        assertDelivered(one.get());
        assertDelivered(two.get());
    }

    /** Transactions of several sizes and levels, some long, some rolled back, some with savepoints. */
    private Void write(Random random, String writer) {
        try (var queue = TestQueue.open(database, "storm")) {
            for (int transaction = 0; transaction < TRANSACTIONS || rotations.get() < ROTATIONS; transaction++) {
                var data = new ArrayList<String>();
                queue.session().begin(random.nextInt(3) == 0 ? "repeatable read" : "read committed");
                for (int i = random.nextInt(6); i >= 0; i--) {
                    insert(queue, random, writer + "/" + transaction + "/" + i, data);
                }
                if (random.nextInt(8) == 0) {
                    queue.session().value("select pg_sleep(" + random.nextInt(60) / 1000.0 + ")");
                }
                if (random.nextInt(6) == 0) {
                    queue.session().rollback();
                } else {
                    queue.session().commit();
                    committed.addAll(data);
                }
            }
        }
        return null;
    }

    private static void insert(TestQueue queue, Random random, String data, List<String> inserted) {
        if (random.nextInt(5) == 0) {
            queue.session().run("savepoint s");
            queue.insert("rolled back");
            queue.session().run("rollback to s");
        }
        queue.insert(data);
        inserted.add(data);
    }

    private interface Step {
        Object take(TestQueue queue);
    }

    private Callable<Void> repeated(Step step) {
        return () -> {
            try (var queue = TestQueue.open(database, "storm")) {
                while (writing) {
                    step.take(queue);
                }
            }
            return null;
        };
    }

    private Integer rotate(TestQueue queue) {
        int before = queue.currentTable();
        queue.session().value("select pgq_client.maintain('storm')");
        if (queue.currentTable() != before) {
            rotations.incrementAndGet();
        }
        return before;
    }

    private Map<String, Integer> consume(String consumer) {
        var seen = new HashMap<String, Integer>();
        try (var queue = TestQueue.open(database, "storm")) {
            while (writing) {
                queue.consume(consumer).forEach(data -> seen.merge(data, 1, Integer::sum));
            }
            queue.tickAndConsume(consumer).forEach(data -> seen.merge(data, 1, Integer::sum));
        }
        return seen;
    }

    private void assertDelivered(Map<String, Integer> seen) {
        assertThat(seen.keySet()).containsExactlyInAnyOrderElementsOf(committed);
        assertThat(seen.values()).containsOnly(1);
    }
}
