package dev.londiste.sql.pgq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.SqlFiles;
import dev.londiste.testing.TestDatabase;
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
    void theVersionIsOneThatPgqdAccepts() {
        assertThat(database.<String>value("select pgq.version()")).startsWith("3.5");
    }
}
