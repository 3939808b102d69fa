package dev.londiste.examples.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.londiste.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

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
        assertThat(servers.tickerPidFile()).doesNotExist();

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
}
