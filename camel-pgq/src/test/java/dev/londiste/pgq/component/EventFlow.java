package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqQueue;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.apache.camel.Exchange;

/**
 * A queue into which events are inserted without pause while its tables are rotated without pause, and the account of what
 * a sink has seen of them. Whatever breaks meanwhile, no committed event may be missing, none that was rolled back may be
 * seen, and an event may be seen again only with the batch that was open when something broke.
 */
final class EventFlow {

    private static final String INSERT = "select pgq.insert_event(?, 'a', ?)";

    /** Numbers of committed events; of those whose commit was not answered it is not known. */
    private final Set<String> committed = ConcurrentHashMap.newKeySet();

    private final Set<String> uncertain = ConcurrentHashMap.newKeySet();
    private final Queue<Seen> seen = new ConcurrentLinkedQueue<>();
    private final AtomicInteger number = new AtomicInteger();
    private final AtomicInteger rotations = new AtomicInteger();
    private final DataSource database;
    private final PgqQueue queue;
    private final PgqConsumerClient consumer;
    private final List<Thread> threads;
    private volatile boolean writing = true;
    private volatile boolean closed;

    /** One sight of an event; it is the same event again unless it was retried in between. */
    record Seen(String data, int retry, long batchId) {

        static Seen of(Exchange exchange) {
            var message = exchange.getMessage();
            return new Seen(
                    message.getBody(String.class),
                    message.getHeader(PgqConstants.EVENT_RETRY, Integer.class),
                    message.getHeader(PgqConstants.BATCH_ID, Long.class));
        }

        String line() {
            return "seen " + data + " " + retry + " " + batchId;
        }

        static Seen parse(String line) {
            var parts = line.split(" ", -1);
            return new Seen(parts[1], Integer.parseInt(parts[2]), Long.parseLong(parts[3]));
        }
    }

    /** What came of it all. */
    record Account(int committed, int seen, int seenAgain, int batchesSeenAgain, int rotations) {}

    EventFlow(DataSource database, String name) {
        this.database = database;
        this.queue = new PgqQueue(database, name);
        this.consumer = new PgqConsumerClient(database, name, "c");
        queue.create();
        queue.configure("rotation_period", "10 milliseconds");
        consumer.register();
        this.threads = List.of(
                new Thread(() -> repeat(this::insertOne), "one by one"),
                new Thread(() -> repeat(this::insertSeveral), "several at once"),
                new Thread(this::rotate, "rotation"));
        threads.forEach(Thread::start);
    }

    void saw(Exchange exchange) {
        seen.add(Seen.of(exchange));
    }

    void saw(String line) {
        seen.add(Seen.parse(line));
    }

    int sights() {
        return seen.size();
    }

    /** Waits until so many more events have been seen. */
    void awaitMore(int count) {
        int before = sights();
        await().atMost(Duration.ofSeconds(40)).until(() -> sights() >= before + count);
    }

    /** Stops writing, waits until the consumer has finished all, and checks the account. */
    Account settle() throws InterruptedException {
        await().atMost(Duration.ofSeconds(30)).until(() -> rotations.get() > 3);
        drain();
        await().atMost(Duration.ofSeconds(10)).until(() -> data().containsAll(committed));
        assertThat(data()).isSubsetOf(union(committed, uncertain));

        var byEvent = seen.stream().collect(Collectors.groupingBy(sight -> sight.data + "/" + sight.retry));
        assertThat(byEvent.values())
                .as("the same event in two batches")
                .allSatisfy(
                        sights -> assertThat(sights.stream().map(Seen::batchId).distinct())
                                .hasSize(1));
        var again = byEvent.values().stream()
                .filter(sights -> sights.size() > 1)
                .flatMap(sights -> sights.stream().skip(1))
                .toList();
        int batches = (int) again.stream().map(Seen::batchId).distinct().count();
        return new Account(committed.size(), seen.size(), again.size(), batches, rotations.get());
    }

    /** Stops writing and waits until no event is left for the consumer. */
    void drain() throws InterruptedException {
        writing = false;
        threads.get(0).join();
        threads.get(1).join();
        await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> {
            queue.forceTick();
            var pending = consumer.info().orElseThrow();
            return Long.valueOf(0).equals(pending.get("pending_events")) && !isAnythingOpen();
        });
    }

    /** A batch of the consumer or one of its workers, or an event to be retried. */
    private boolean isAnythingOpen() throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.prepareStatement("""
                        select from pgq.queue q where queue_name = ?
                           and (exists (select from pgq.subscription where sub_queue = queue_id and sub_batch is not null)
                             or exists (select from pgq.retry_queue where ev_queue = queue_id))
                        """)) {
            statement.setString(1, queue.name());
            try (var rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    private Set<String> data() {
        return seen.stream().map(Seen::data).collect(Collectors.toSet());
    }

    private static Set<String> union(Set<String> some, Set<String> others) {
        var all = ConcurrentHashMap.<String>newKeySet();
        all.addAll(some);
        all.addAll(others);
        return all;
    }

    private interface Turn {
        void run() throws SQLException;
    }

    private void repeat(Turn turn) {
        while (writing) {
            try {
                turn.run();
            } catch (SQLException e) {
                pause(50);
            }
        }
    }

    private void insertOne() throws SQLException {
        try (var connection = database.getConnection();
                var insert = connection.prepareStatement(INSERT)) {
            while (writing) {
                var data = next();
                uncertain.add(data);
                insert.setString(1, queue.name());
                insert.setString(2, data);
                insert.execute();
                committed(Set.of(data));
                pause(1);
            }
        }
    }

    /** Transactions that overlap with ticks and rotations; every fourth is rolled back. */
    private void insertSeveral() throws SQLException {
        try (var connection = database.getConnection();
                var insert = connection.prepareStatement(INSERT)) {
            connection.setAutoCommit(false);
            for (int turn = 0; writing; turn++) {
                var some = ConcurrentHashMap.<String>newKeySet();
                for (int i = 0; i < 5; i++) {
                    var data = next();
                    some.add(data);
                    insert.setString(1, queue.name());
                    insert.setString(2, data);
                    insert.execute();
                    pause(5);
                }
                if (turn % 4 == 3) {
                    connection.rollback();
                } else {
                    uncertain.addAll(some);
                    connection.commit();
                    committed(some);
                }
            }
        }
    }

    private String next() {
        return "" + number.incrementAndGet();
    }

    private void committed(Set<String> data) {
        committed.addAll(data);
        uncertain.removeAll(data);
    }

    private void rotate() {
        Object table = null;
        while (!closed) {
            try (var connection = database.getConnection();
                    var maintain = connection.prepareStatement("select pgq_client.maintain(?)");
                    var current = connection.prepareStatement("select pgq.current_event_table(?)")) {
                maintain.setString(1, queue.name());
                current.setString(1, queue.name());
                while (!closed) {
                    maintain.execute();
                    try (var row = current.executeQuery()) {
                        row.next();
                        var now = row.getString(1);
                        rotations.addAndGet(now.equals(table) ? 0 : 1);
                        table = now;
                    }
                    pause(10);
                }
            } catch (SQLException | PgqException e) {
                pause(50);
            }
        }
    }

    private static void pause(int millis) {
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
    }

    void stop() throws InterruptedException {
        writing = false;
        closed = true;
        for (var thread : threads) {
            thread.join();
        }
    }
}
