package dev.londiste.examples.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.londiste.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that answer at once, as processes. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class CommandsIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @RegisterExtension
    static final TwoServers servers = new TwoServers();

    private Path folder;
    private Launcher launcher;
    private TestDatabase provider;

    @BeforeEach
    void look() {
        folder = servers.folder();
        launcher = servers.launcher();
        provider = servers.provider();
    }

    @Test
    void whatIsWrongIsOneSentenceAndExitCodeOne() throws Exception {
        launcher.succeed("londiste conf.ini provider install");
        var good = Files.readString(folder.resolve("conf.ini"));
        Files.writeString(folder.resolve("database.ini"), good.replace(provider.name(), "nowhere"));
        Files.writeString(folder.resolve("dead.ini"), good.replaceAll("port='\\d+'", "port='1'"));
        Files.writeString(folder.resolve("key.ini"), good.replace("pgq_queue_name", "queue"));

        Files.writeString(
                folder.resolve("nowhere.ini"),
                Files.readString(folder.resolve("ticker.ini")).replace(provider.name(), "nowhere"));

        assertFails("londiste database.ini provider tables", "database \"nowhere\" does not exist");
        assertFails("londiste database.ini replay", "provider_db, ");
        assertFails("londiste -d database.ini replay", "database \"nowhere\" does not exist");
        assertFails("pgqadm -d nowhere.ini ticker", "db, ");
        assertFails("londiste dead.ini subscriber tables", "subscriber_db, ");
        assertFails("londiste dead.ini provider tables", "refused");
        assertFails("londiste missing.ini provider tables", "There is no configuration file missing.ini");
        assertFails("londiste key.ini provider tables", "pgq_queue_name in section londiste is missing");
        assertFails("londiste conf.ini provider add nowhere", "public.nowhere");
        assertThat(launcher.run("londiste conf.ini provider add nowhere -v").err())
                .contains("\tat ");
    }

    @Test
    void wrongUsageIsOneSentenceAndExitCodeTwo() throws Exception {
        assertUsage("londiste", "Name a command, such as: londiste config.ini status", "londiste");
        assertUsage("londiste provider tables", "Name the configuration file before the command", "londiste");
        assertUsage("londiste -s conf.ini provider tables", "The switches -d, -r, -s and -k belong to", "londiste");
        assertUsage("londiste conf.ini provider", "Name a command of londiste provider", "londiste provider");
        assertUsage(
                "londiste conf.ini provider ad table1",
                "londiste provider has no command ad; did you mean add or add-seq?",
                "londiste provider");
        assertUsage(
                "londiste conf.ini subscriber add table1 --frce",
                "londiste subscriber add has no switch --frce",
                "londiste subscriber add");
        assertUsage("londiste conf.ini seqs x", "londiste has no command seqs", "londiste");
        assertUsage("pgqadm ticker.ini status q", "pgqadm status takes nothing more, such as q", "pgqadm status");
        assertUsage(
                "londiste conf.ini provider add",
                "Name the tables, or take all of them with --all",
                "londiste provider add");
        assertUsage("pgqadm ticker.ini register q", "Missing required parameter: 'consumer'", "pgqadm register");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-h", "--help"})
    void helpIsShownInsteadOfDoingAnything(String help) throws Exception {
        assertThat(launcher.succeed("londiste conf.ini provider install " + help))
                .startsWith("Usage: londiste ")
                .contains("-q, --quiet", "-v, --verbose");
        assertThat(provider.rows("select from pg_namespace where nspname in ('pgq', 'londiste')"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-q", "--quiet"})
    void quietCommandsSayNothingButErrors(String quiet) throws Exception {
        assertThat(launcher.run("londiste conf.ini provider install " + quiet))
                .isEqualTo(new Launcher.Result(0, "", ""));
        assertThat(launcher.succeed("londiste conf.ini provider add table1")).contains("public.table1");
        assertFails("londiste conf.ini provider add nowhere " + quiet, "public.nowhere");
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

        // Before the first tick, so that the first batch has them.
        provider.execute("select pgq.insert_event('q', 'type', 'data') from generate_series(1, 2)");
        launcher.succeed("pgqadm ticker.ini ticker -d");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(provider.<Long>value("select pgq.next_batch('q', 'c')"))
                        .isNotNull());
        launcher.succeed("pgqadm ticker.ini ticker -s");
        assertThat(servers.tickerPidFile()).doesNotExist();

        var events = giveUpBatch();
        launcher.succeed("pgqadm ticker.ini failed retry q c " + events.get(0));
        launcher.succeed("pgqadm ticker.ini failed delete q c " + events.get(1));
        assertThat(provider.rows("select from pgq_client.failed_queue")).isEmpty();
        assertThat(provider.rows("select ev_id from pgq.event_template group by ev_id having count(*) = 2"))
                .extracting(row -> row.get("ev_id"))
                .containsExactly(events.get(0));

        launcher.succeed("pgqadm ticker.ini unregister q c");
        launcher.succeed("pgqadm ticker.ini drop q");
        assertThat(json("pgqadm ticker.ini config --json")).isEqualTo("[]");
    }

    /** The ids of the events in the batch of c, all of them in its failed queue. */
    private List<Object> giveUpBatch() {
        var events = provider.rows("""
                select ev_id, pgq.event_failed(sub_batch, ev_id, 'given up')
                  from pgq.subscription, pgq.get_batch_events(sub_batch) order by ev_id
                """);
        provider.execute("select pgq.finish_batch(sub_batch) from pgq.subscription");
        return events.stream().map(event -> event.get("ev_id")).toList();
    }

    @Test
    void theInstallationCanBePrintedAndDryRunsChangeNothing() throws Exception {
        provider.execute(launcher.succeed("londiste conf.ini provider install --print"));
        launcher.succeed("pgqadm ticker.ini create londiste.replika");

        var sql = launcher.succeed("londiste conf.ini provider add table1 --dry-run");
        assertThat(sql).contains("provider_add_table");
        assertThat(json("londiste conf.ini provider tables --json")).isEqualTo("[]");
    }

    @Test
    void whatIsReplicatedOfATableIsSetAndChangesThatItRefusesAreAdministered() throws Exception {
        var subscriber = servers.subscriber();
        subscriber.execute("alter table table1 add constraint no_bad check (v <> 'bad')");
        launcher.succeed("londiste conf.ini provider install");
        launcher.succeed("londiste conf.ini -d replay");
        launcher.succeed("londiste conf.ini provider add table1");
        launcher.succeed("londiste conf.ini subscriber add table1 --filter id<=10 --on-failure failed_queue");
        launcher.succeed("londiste conf.ini wait-sync");
        assertThat(subscriber.<Long>value("select count(*) from table1")).isEqualTo(10);

        provider.execute("update table1 set v = 'bad' where id in (3, 4)");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(subscriber.rows("select from londiste.failed_event"))
                        .hasSize(2));
        assertThat(launcher.succeed("londiste conf.ini failed list")).contains("public.table1", "no_bad");
        subscriber.execute("alter table table1 drop constraint no_bad");
        var first = subscriber.<Long>value("select min(ev_id) from londiste.failed_event");
        launcher.succeed("londiste conf.ini failed delete table1 --event " + first);
        launcher.succeed("londiste conf.ini failed retry table1");
        assertThat(subscriber.rows("select id from table1 where v = 'bad'")).hasSize(1);

        launcher.succeed("londiste conf.ini subscriber set table1 --filter=");
        launcher.succeed("londiste conf.ini wait-sync");
        assertThat(subscriber.<Long>value("select count(*) from table1")).isEqualTo(1000);
        Files.writeString(
                folder.resolve("compare.ini"),
                Files.readString(folder.resolve("conf.ini")) + "compare_sql = select sum(id) as ids from _TABLE_");
        assertThat(launcher.succeed("londiste compare.ini compare")).contains("ids=500500");
        assertThat(launcher.succeed("londiste compare.ini compare --checksum")).doesNotContain("ids=");
        assertThat(launcher.succeed("londiste conf.ini switch-over --timeout 1m"))
                .contains("stop capture");
    }

    @Test
    void aTableThatWasLoadedByOtherMeansGoesOnFromItsSnapshot() throws Exception {
        var subscriber = servers.subscriber();
        launcher.succeed("londiste conf.ini provider install");
        launcher.succeed("londiste conf.ini provider add table2");
        assertFails("londiste conf.ini subscriber add table1", "'provider add'");
        provider.execute("insert into table2 values (1, 'loaded')");
        var snapshot = provider.<String>value("select pg_current_snapshot()::text");
        subscriber.execute("insert into table2 values (1, 'LOADED')");
        provider.execute("insert into table2 values (2, 'later')");

        launcher.succeed("londiste conf.ini subscriber add table2 --expect-sync --snapshot " + snapshot
                + " --expressions {\"v\":\"upper(v)\"}");
        launcher.succeed("londiste conf.ini subscriber deny table2");
        assertThatThrownBy(() -> subscriber.execute("delete from table2")).hasStackTraceContaining("table2");
        launcher.succeed("londiste conf.ini subscriber allow table2");
        subscriber.execute("update table2 set v = 'allowed' where id = 1");

        launcher.succeed("londiste conf.ini -d replay");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(subscriber.rows("select v from table2 order by id"))
                        .extracting(row -> row.get("v"))
                        .containsExactly("allowed", "LATER"));
    }

    @Test
    void partitionsComeAndGoWithTheirRows() throws Exception {
        provider.execute("""
                create table parted (id int primary key) partition by range (id);
                create table part_1 partition of parted for values from (1) to (2);
                create table part (id int primary key);
                insert into part values (10)
                """);
        launcher.succeed("londiste conf.ini provider install");
        launcher.succeed("londiste conf.ini provider add parted");

        assertThat(json("londiste conf.ini partition attach parted part default --json"))
                .contains("\"rows_sent\":1");
        assertThat(json("londiste conf.ini partition detach parted part --json"))
                .contains("\"rows_sent\":1", "\"changed\":true");
        assertThat(provider.<Long>value("select count(*) from part")).isEqualTo(1);
        assertThat(json("londiste conf.ini partition drop parted part_1 --json"))
                .contains("\"changed\":true");
        assertFails("pgqadm ticker.ini failed list londiste.replika nobody", "Consumer nobody");
    }

    @ParameterizedTest
    @ValueSource(strings = {"compare", "repair"})
    void aCommandThatIsInterruptedWhileItWaitsForItsLockLeavesNone(String command) throws Exception {
        launcher.succeed("londiste conf.ini provider install");
        launcher.succeed("londiste conf.ini provider add table1");
        launcher.succeed("londiste conf.ini subscriber add table1 --expect-sync");
        try (var writer = provider.connect();
                var statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("update table1 set v = 'open' where id = 1");
            var waiting = launcher.start(
                    folder.resolve("out"), folder.resolve("err"), "londiste", "conf.ini", command, "--force");
            await().atMost(PATIENCE)
                    .until(
                            () -> provider.<Boolean>value(
                                    "select exists (select from pg_locks where not granted and relation = 'table1'::regclass)"));

            new ProcessBuilder("kill", "-INT", String.valueOf(waiting.pid()))
                    .start()
                    .waitFor();

            assertThat(waiting.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(waiting.exitValue()).isEqualTo(130);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(servers.connections()).isZero());
        }
    }

    private String json(String commandLine) throws Exception {
        return launcher.succeed(commandLine).replaceAll("\\s", "");
    }

    private void assertUsage(String commandLine, String sentence, String help) throws Exception {
        var result = launcher.run(commandLine);
        assertThat(result.exitCode()).as(commandLine).isEqualTo(2);
        assertThat(result.out()).as(commandLine).isEmpty();
        assertThat(result.err().lines()).as(commandLine).hasSize(2).last().isEqualTo("See " + help + " --help");
        assertThat(result.err()).as(commandLine).startsWith(sentence);
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
}
