package dev.londiste.sql.pgq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.testing.SqlFiles;
import dev.londiste.testing.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The files of sql/pgq are one text for psql and for INSTALL, and may run at any time. */
@Timeout(60)
class PgqInstallIT {

    private static final String SCRIPT = String.join("\n", SqlFiles.of("pgq"));

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    @RegisterExtension
    static final TestDatabase twoInstallers = TestDatabase.empty();

    @RegisterExtension
    static final TestDatabase ofAnOwner = TestDatabase.empty();

    @Test
    void installingAgainKeepsQueuesPositionsAndOpenBatches() {
        try (var queue = TestQueue.create(database, "kept").register("consumer")) {
            queue.insert("first");
            queue.tick();
            var open = queue.next("consumer");

            database.execute(SCRIPT);

            assertThat(queue.next("consumer")).isEqualTo(open);
            assertThat(queue.events(open)).containsExactly("first");
            assertThat(queue.finish(open)).isEqualTo(1);
            queue.insert("second");
            assertThat(queue.tickAndConsume("consumer")).containsExactly("second");
        }
    }

    @Test
    void installingAgainWaitsForNoBatchThatIsBeingReadAndNobodyWaitsForIt() {
        try (var queue = TestQueue.create(database, "reading").register("consumer");
                var installer = Session.of(database)) {
            var event = queue.insert("event");
            queue.tick();
            var batch = queue.next("consumer");
            queue.session().begin("read committed");
            queue.session().column("select ev_id from pgq.get_batch_cursor(?, 'c', 1)", batch);
            queue.session().value("select pgq.event_retry(?, ?, 60)", batch, event);
            queue.session().value("select pgq_client.event_failed(?, ?, 'why')", batch, event);

            installer.run("set lock_timeout = '2s'").run("begin; " + SCRIPT);
            try (var other = TestQueue.open(database, "reading")) {
                other.session().run("set lock_timeout = '2s'");
                other.insert("meanwhile");
                other.tick();
                assertThat(other.next("consumer")).isEqualTo(batch);
            }
            installer.commit();
            queue.finish(batch);
            queue.session().commit();
            assertThat(queue.consume("consumer")).containsExactly("meanwhile");
        }
    }

    /** An older version, made up: less in its tables, other bodies of functions. */
    @Test
    void anUpgradeKeepsQueuesWhileAConsumerOfTheOldVersionRuns() throws Exception {
        try (var queue = TestQueue.create(database, "upgraded").register("consumer")) {
            database.execute("""
                    alter table pgq_client.queue_setting drop column own_tick;
                    create or replace function pgq_client.version() returns text language sql immutable as 'select ''0.0.9''';
                    drop function pgq_client.queue_status(text);
                    drop function pgq.failed_event_count(text, text);
                    do $$ begin execute format('drop function pgq.event_table_no_%s()',
                        (select queue_id from pgq.queue where queue_name = 'upgraded')); end $$;
                    """);
            var reading = Executors.newSingleThreadExecutor();
            try {
                var consumed = reading.submit(() -> consumeAll(20));
                for (int i = 0; i < 20; i++) {
                    queue.insert("event " + i);
                    queue.tick();
                    if (i == 10) {
                        database.execute(SCRIPT);
                    }
                }
                assertThat(consumed.get()).hasSize(20).doesNotHaveDuplicates();
            } finally {
                reading.shutdownNow();
            }
            assertThat(database.<String>value("select pgq_client.version()")).isNotEqualTo("0.0.9");
            assertThat(queue.rotate()).as("rotation works").isEqualTo(1);
            assertThat(database.rows("select own_tick from pgq_client.queue_setting"))
                    .isNotEmpty();
            assertThat(database.rows("select * from pgq_client.queue_status('upgraded')"))
                    .hasSize(1);
        }
    }

    private static List<String> consumeAll(int events) {
        var consumed = new ArrayList<String>();
        try (var queue = TestQueue.open(database, "upgraded")) {
            while (consumed.size() < events) {
                consumed.addAll(queue.consume("consumer"));
            }
        }
        return consumed;
    }

    @Test
    void twoInstallersAtOnceDoNoHarm() throws Exception {
        var start = new CyclicBarrier(2);
        Callable<Void> install = () -> {
            start.await();
            twoInstallers.execute("begin; " + SCRIPT + "; commit");
            return null;
        };
        var threads = Executors.newFixedThreadPool(2);
        try {
            for (var result : threads.invokeAll(List.of(install, install))) {
                result.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(twoInstallers.<Integer>value("select pgq.create_queue('q')")).isEqualTo(1);
    }

    @Test
    void aRoleThatOwnsOnlyTheDatabaseInstallsAndUsesIt() throws Exception {
        var role = ofAnOwner.name() + "_owner";
        ofAnOwner.execute("create role " + role + " login password 'secret'");
        ofAnOwner.execute("alter database " + ofAnOwner.name() + " owner to " + role);
        try (var session = Session.of(ofAnOwner.dataSource(role, "secret").getConnection())) {
            session.run(SCRIPT).run(SCRIPT);
            session.value("select pgq.create_queue('q')");
            session.value("select pgq.register_consumer('q', 'c')");
            session.value("select pgq.insert_event('q', 'type', 'data')");
            session.value("select pgq_client.tick_now('q')");
            var batch = session.<Long>value("select pgq.next_batch('q', 'c')");
            assertThat(session.<String>column("select ev_data from pgq.get_batch_events(?)", batch))
                    .containsExactly("data");
            session.run("update pgq.queue set queue_rotation_period = '0'");
            session.value("select pgq_client.maintain('q')");
        } finally {
            ofAnOwner.execute("reassign owned by " + role + " to current_user; drop owned by " + role);
            ofAnOwner.execute("drop role " + role);
        }
    }

    @Test
    void anOlderScriptDoesNotReplaceNewerSql() {
        twoInstallers.install("pgq");
        twoInstallers.execute("create or replace function pgq_client.version() returns text language sql immutable"
                + " as 'select ''0.10.0''::text'");
        assertThatThrownBy(() -> twoInstallers.execute("begin; " + SCRIPT + "; commit"))
                .hasStackTraceContaining("This database has version 0.10.0 of the PgQ SQL")
                .hasStackTraceContaining("a newer one is not replaced");
        assertThat(twoInstallers.<String>value("select pgq_client.version()")).isEqualTo("0.10.0");
        twoInstallers.execute("drop function pgq_client.version()");
        twoInstallers.install("pgq");
    }

    @Test
    void theVersionIsOneThatPgqdAccepts() {
        assertThat(database.<String>value("select pgq.version()")).startsWith("3.5");
    }
}
