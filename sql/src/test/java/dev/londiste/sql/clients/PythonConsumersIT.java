package dev.londiste.sql.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.londiste.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Consumers written with Debian's python3-pgq work on our SQL as they are. Skipped where that is absent. */
@Timeout(60)
class PythonConsumersIT {

    private static final String PYTHON = "/usr/bin/python3";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    /** Of consumers that work there: pgq_ext keeps their position. */
    @RegisterExtension
    static final TestDatabase target = TestDatabase.withPgq();

    @TempDir
    Path directory;

    private final Deque<ClientProgram> running = new ArrayDeque<>();
    private String queue;

    @BeforeAll
    static void tables() {
        ClientProgram.require("python3-pgq", PYTHON, "-c", "import pgq, psycopg2");
        for (var place : List.of(database, target)) {
            place.execute("create table seen (consumer text, ev_id bigint, ev_type text, ev_data text, ev_retry int)");
        }
    }

    @BeforeEach
    void createQueue(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
        database.rows("select pgq.create_queue(?)", queue);
        database.execute("truncate seen");
        target.execute("truncate seen");
    }

    @AfterEach
    void stop() {
        while (!running.isEmpty()) {
            running.pop().close();
        }
    }

    @Test
    void aPlainConsumerSeesEachEventOnceAndRetriedOnesLater() throws IOException {
        run("plain", "c", "");
        insert("a", "again", "b");
        awaitSeen(database, 3);
        assertThat(database.rows("select ev_type, ev_retry from seen order by ev_type"))
                .extracting(row -> row.get("ev_type") + " " + row.get("ev_retry"))
                .containsExactly("a null", "again 1", "b null");
    }

    @Test
    void cooperativeConsumersShareTheEvents() throws IOException {
        run("coop", "c", "1");
        run("coop", "c", "2");
        for (int i = 0; i < 20; i++) {
            insert("event " + i);
            tick();
        }
        awaitSeen(database, 20);
        assertThat(database.<Long>value("select count(distinct ev_id) from seen"))
                .isEqualTo(20);
        assertThat(database.rows("select consumer_name from pgq.get_consumer_info(?)", queue))
                .extracting(row -> row.get("consumer_name"))
                .containsExactly("c", "c.1", "c.2");
    }

    @Test
    void aCooperativeConsumerTakesTheBatchOfADeadOne() throws IOException {
        database.rows("select pgq_coop.register_subconsumer(?, 'c', 'dead')", queue);
        insert("left behind");
        tick();
        assertThat(database.<Long>value("select pgq_coop.next_batch(?, 'c', 'dead')", queue))
                .isNotNull();
        run("coop", "c", "alive", "subconsumer_timeout = 1 second");
        awaitSeen(database, 1);
    }

    @Test
    void aRemoteConsumerWritesWholeBatchesElsewhere() throws IOException {
        run("remote", "c", "");
        insert("a", "b");
        tick();
        awaitSeen(target, 2);
        insert("c");
        awaitSeen(target, 3);
        assertThat(target.rows("select * from pgq_ext.completed_batch")).hasSize(1);
    }

    @Test
    void aSerialConsumerKeepsItsTickElsewhereAndIsNotFooledByABatchThatComesAgain() throws IOException {
        run("serial", "c", "");
        insert("a", "b");
        awaitSeen(target, 2);
        stop();
        // As if the commit on the source had been lost: the same events come again, in another batch.
        var done = target.<Long>value("select last_tick_id from pgq_ext.completed_tick");
        database.rows("""
                select pgq.register_consumer_at(queue_name, 'c', max(tick_id))
                  from pgq.tick join pgq.queue on queue_id = tick_queue
                 where queue_name = ? and tick_id < ? group by queue_name
                """, queue, done);
        start("serial", "c", "");
        insert("c");
        awaitSeen(target, 3);
        assertThat(target.rows("select last_tick_id from pgq_ext.completed_tick"))
                .hasSize(1);
    }

    private void run(String kind, String consumer, String worker, String... settings) throws IOException {
        register(kind, consumer, worker, settings);
        start(kind, consumer, worker, settings);
    }

    private void register(String kind, String consumer, String worker, String... settings) throws IOException {
        try (var program = ClientProgram.start(command(kind, consumer, worker, "--register", settings))) {
            assertThat(program.exitCode()).as(program.output()).isZero();
        }
    }

    private void start(String kind, String consumer, String worker, String... settings) throws IOException {
        running.push(ClientProgram.start(command(kind, consumer, worker, "-v", settings)));
    }

    private List<String> command(String kind, String consumer, String worker, String option, String... settings)
            throws IOException {
        var job = consumer + worker;
        var config = Files.writeString(directory.resolve(job + ".ini"), """
                [consumer]
                job_name = %s
                source = %s
                target = %s
                queue_name = %s
                consumer_name = %s
                subconsumer_name = %s
                dst_schema = pgq_ext
                loop_delay = 0.05
                pidfile = %s/%1$s.pid
                %s
                """.formatted(
                        job,
                        ClientProgram.connectionString(database, database.name()),
                        ClientProgram.connectionString(target, target.name()),
                        queue,
                        consumer,
                        worker,
                        directory,
                        String.join("\n", settings)));
        var script = ClientProgram.resource("/pgq-clients/consumer.py").toString();
        return List.of(PYTHON, script, kind, option, config.toString());
    }

    private void insert(String... types) {
        IntStream.range(0, types.length)
                .forEach(i -> database.rows("select pgq.insert_event(?, ?, 'data')", queue, types[i]));
    }

    private void tick() {
        database.rows("select pgq_client.tick_now(?)", queue);
    }

    private void awaitSeen(TestDatabase place, long events) {
        await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> {
            database.rows("select pgq_client.maintain(?)", queue);
            tick();
            assertThat(running)
                    .allSatisfy(program ->
                            assertThat(program.isRunning()).as(program.output()).isTrue());
            assertThat(place.<Long>value("select count(*) from seen")).isEqualTo(events);
        });
    }
}
