package dev.londiste.sql.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.londiste.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The daemon {@code pgqd} of PgQ keeps queues of our SQL going, alone. Skipped where it is absent. */
@Timeout(60)
class PgqdIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    @TempDir
    Path directory;

    private ClientProgram daemon;

    @BeforeEach
    void start() throws IOException {
        ClientProgram.require("pgqd", "pgqd", "-V");
        var config = Files.writeString(directory.resolve("pgqd.ini"), """
                [pgqd]
                pidfile = %s/pgqd.pid
                base_connstr = %s
                initial_database = %s
                database_list = %3$s
                check_period = 1
                ticker_period = 0.05
                retry_period = 0.2
                maint_period = 0.2
                """.formatted(
                        directory, ClientProgram.connectionString(database, null), database.name()));
        daemon = ClientProgram.start(List.of("pgqd", config.toString()));
    }

    @AfterEach
    void stop() {
        if (daemon != null) {
            daemon.close();
        }
    }

    @Test
    void itTicksBringsRetriedEventsBackAndRotatesTheTables() {
        database.rows("select pgq.create_queue('daemon')");
        database.execute("update pgq.queue set queue_ticker_max_lag = '0', queue_rotation_period = '0'");
        database.rows("select pgq.register_consumer('daemon', 'c')");
        var seen = new ArrayList<String>();
        for (int i = 0; i < 30; i++) {
            int event = i;
            database.rows("select pgq.insert_event('daemon', 'test', ?)", "event " + event);
            await().atMost(Duration.ofSeconds(30))
                    .failFast(() ->
                            assertThat(daemon.isRunning()).as(daemon.output()).isTrue())
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> {
                        seen.addAll(consume(event % 10 == 0));
                        return seen.contains("event " + event);
                    });
        }
        assertThat(seen).hasSize(30).doesNotHaveDuplicates();
        await("rotation by the daemon").atMost(Duration.ofSeconds(30)).until(() -> {
            seen.addAll(consume(false));
            return database.<Integer>value("select queue_cur_table from pgq.queue") == 2;
        });
        assertThat(seen).hasSize(30);
        assertThat(daemon.output())
                .contains("pgq version ok: 3.5")
                .doesNotContain("ERROR")
                .doesNotContain("WARN");
    }

    /** One batch; when retrying, its events come again once. */
    private static List<String> consume(boolean retry) {
        var batch = database.<Long>value("select pgq.next_batch('daemon', 'c')");
        if (batch == null) {
            return List.of();
        }
        var again = retry ? database.<Integer>value("""
                        select coalesce(sum(pgq.event_retry(?, ev_id, 0)), 0)::int
                          from pgq.get_batch_events(?) where ev_retry is null
                        """, batch, batch) : 0;
        var events = database.rows(
                "select ev_data from pgq.get_batch_events(?) where ? = 0 or ev_retry is not null", batch, again);
        database.rows("select pgq.finish_batch(?)", batch);
        return events.stream().map(row -> (String) row.get("ev_data")).toList();
    }
}
