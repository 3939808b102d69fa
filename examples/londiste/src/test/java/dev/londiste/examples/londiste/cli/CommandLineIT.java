package dev.londiste.examples.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.londiste.testing.PostgresServer;
import dev.londiste.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launchers on two PostgreSQL servers, as processes. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class CommandLineIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static PostgresServer server;
    private static TestDatabase provider;

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.empty();

    @TempDir
    Path folder;

    private Launcher launcher;

    @BeforeAll
    static void startAnotherServer() {
        server = PostgresServer.start();
        provider = TestDatabase.on(server);
    }

    @AfterAll
    static void stopIt() {
        server.close();
    }

    @BeforeEach
    void makeTables() throws IOException {
        launcher = new Launcher(folder);
        launcher.configure(provider, subscriber);
        for (var database : new TestDatabase[] {provider, subscriber}) {
            database.execute("drop schema if exists pgq, pgq_client, pgq_ext, pgq_coop, pgq_node, londiste cascade");
            database.execute("drop table if exists table1, table2");
            database.execute("create table table1 (id int primary key, v text)");
            database.execute("create table table2 (id int primary key, v text)");
        }
        provider.execute("insert into table1 select n, 'row ' || n from generate_series(1, 1000) n");
    }

    @AfterEach
    void stopDaemons() throws Exception {
        launcher.run("londiste -k conf.ini");
        launcher.run("pgqadm -k ticker.ini");
    }

    @Test
    void theQuickStartOfTheManualPageWorksAsPrinted() throws Exception {
        Transcript.read("quick-start.txt").run(launcher, folder);
        provider.execute("insert into table2 values (1, 'followed')");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(subscriber.rows("select v from table2"))
                        .extracting(row -> row.get("v"))
                        .containsExactly("followed"));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(log())
                        .containsPattern("londiste.replika/test_to_subscriber - \\{count: \\d+, ignored: \\d+,"
                                + " duration: \\d+\\.\\d+}"));
        assertThat(launcher.succeed("londiste conf.ini compare --checksum")).contains("public.table1", "public.table2");

        subscriber.execute("update table1 set v = 'spoilt' where id = 7");
        assertThat(launcher.run("londiste conf.ini compare --checksum table1").exitCode())
                .isEqualTo(3);
        launcher.succeed("londiste conf.ini repair --apply table1");
        launcher.succeed("londiste conf.ini compare --checksum table1");
    }

    @Test
    void theSwitchesOfADaemonActOnTheOneThatRuns() throws Exception {
        launcher.succeed("londiste conf.ini provider install");
        var started = launcher.succeed("londiste conf.ini replay -d");
        long pid = pid("test_to_subscriber");
        assertThat(started).contains("pid " + pid);

        var second = launcher.run("londiste conf.ini replay");
        assertThat(second.exitCode()).isEqualTo(1);
        assertThat(second.err())
                .isEqualTo("The replay of job test_to_subscriber runs already, with pid " + pid + " (pid file "
                        + folder.resolve("test_to_subscriber.pid") + ")\n");

        launcher.succeed("londiste -r conf.ini replay");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(log()).contains("reads its configuration again"));
        launcher.succeed("londiste conf.ini -s");
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
        assertThat(log()).contains("test_to_subscriber - stopped");
        assertThat(folder.resolve("test_to_subscriber.pid")).doesNotExist();

        launcher.succeed("londiste -d conf.ini replay");
        launcher.succeed("londiste -k conf.ini replay");
        assertThat(folder.resolve("test_to_subscriber.pid")).doesNotExist();
        assertThat(launcher.run("londiste -s conf.ini").err())
                .isEqualTo("The replay of job test_to_subscriber does not run: nobody has the pid file "
                        + folder.resolve("test_to_subscriber.pid") + "\n");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(connections()).isZero());
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "KILL"})
    void whateverEndsAReplayInMidCopyTheNextOneFinishes(String signal) throws Exception {
        provider.execute("insert into table2 select n, repeat('x', 500) from generate_series(1, 100000) n");
        launcher.succeed("londiste conf.ini provider install");
        launcher.succeed("londiste conf.ini provider add table1 table2");
        launcher.succeed("londiste conf.ini subscriber add table1 table2");
        var replay = launcher.start("londiste conf.ini replay", folder.resolve("out"), folder.resolve("err"));
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> subscriber.<Boolean>value(
                        "select exists (select from pg_stat_progress_copy where datname = ?)", subscriber.name()));

        new ProcessBuilder("kill", "-" + signal, String.valueOf(replay.pid()))
                .start()
                .waitFor();

        assertThat(replay.waitFor(1, TimeUnit.MINUTES)).isTrue();
        if (!signal.equals("KILL")) {
            assertThat(folder.resolve("test_to_subscriber.pid")).doesNotExist();
        }
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(connections()).isZero());
        launcher.succeed("londiste -d conf.ini replay");
        launcher.succeed("londiste conf.ini wait-sync");
        launcher.succeed("londiste conf.ini compare --checksum");
    }

    @Test
    void whatIsWrongIsOneSentenceAndExitCodeOne() throws Exception {
        launcher.succeed("londiste conf.ini provider install");
        var good = Files.readString(folder.resolve("conf.ini"));
        Files.writeString(folder.resolve("database.ini"), good.replace(provider.name(), "nowhere"));
        Files.writeString(folder.resolve("dead.ini"), good.replaceAll("port='\\d+'", "port='1'"));
        Files.writeString(folder.resolve("key.ini"), good.replace("pgq_queue_name", "queue"));

        assertFails("londiste database.ini provider tables", "database \"nowhere\" does not exist");
        assertFails("londiste dead.ini provider tables", "refused");
        assertFails("londiste missing.ini provider tables", "There is no configuration file missing.ini");
        assertFails("londiste key.ini provider tables", "pgq_queue_name in section londiste is missing");
        assertFails("londiste conf.ini provider add nowhere", "public.nowhere");
        assertThat(launcher.run("londiste conf.ini provider add nowhere -v").err())
                .contains("\tat ");
        assertThat(launcher.run("londiste conf.ini provider ad table1").exitCode())
                .isEqualTo(2);
        assertThat(launcher.run("londiste provider tables").exitCode()).isEqualTo(2);
        assertThat(launcher.run("londiste -s conf.ini provider tables").exitCode())
                .isEqualTo(2);
    }

    @Test
    void theQueuesOfADatabaseAreAdministered() throws Exception {
        launcher.succeed("pgqadm ticker.ini install");
        launcher.succeed("pgqadm ticker.ini create q");
        launcher.succeed("pgqadm ticker.ini register q c");
        launcher.succeed("pgqadm ticker.ini config q rotation_period=1h ticker_max_count=50");

        assertThat(json("pgqadm ticker.ini config --json"))
                .contains("\"queue_name\":\"q\"", "\"queue_ticker_max_count\":50");
        assertThat(launcher.succeed("pgqadm ticker.ini status")).contains("q");

        launcher.succeed("pgqadm ticker.ini ticker -d");
        provider.execute("select pgq.insert_event('q', 'type', 'data')");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(provider.<Long>value("select pgq.next_batch('q', 'c')"))
                        .isNotNull());
        launcher.succeed("pgqadm ticker.ini ticker -s");
        assertThat(folder.resolve("ticker.pid")).doesNotExist();

        launcher.succeed("pgqadm ticker.ini unregister q c");
        launcher.succeed("pgqadm ticker.ini drop q");
        assertThat(json("pgqadm ticker.ini config --json")).isEqualTo("[]");
    }

    @Test
    void theInstallationCanBePrintedAndDryRunsChangeNothing() throws Exception {
        provider.execute(launcher.succeed("londiste conf.ini provider install --print"));
        launcher.succeed("pgqadm ticker.ini create londiste.replika");

        var sql = launcher.succeed("londiste conf.ini provider add table1 --dry-run");
        assertThat(sql).contains("provider_add_table");
        assertThat(json("londiste conf.ini provider tables --json")).isEqualTo("[]");
    }

    private String json(String commandLine) throws Exception {
        return launcher.succeed(commandLine).replaceAll("\\s", "");
    }

    private void assertFails(String commandLine, String part) throws Exception {
        var result = launcher.run(commandLine);
        assertThat(result.exitCode()).as(commandLine).isEqualTo(1);
        assertThat(result.err().lines())
                .as(commandLine)
                .singleElement()
                .asString()
                .contains(part);
    }

    private long pid(String job) throws IOException {
        return Long.parseLong(Files.readString(folder.resolve(job + ".pid")).strip());
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("test_to_subscriber.log"));
    }

    private static long connections() {
        return provider.<Long>value(
                "select count(*) from pg_stat_activity where application_name = 'londiste' and datname = ?",
                provider.name());
    }
}
