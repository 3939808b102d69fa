package dev.londiste.examples.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The replay as a process: its switches, and what its end leaves behind. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class DaemonIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @RegisterExtension
    static final TwoServers servers = new TwoServers();

    @Test
    void theSwitchesOfADaemonActOnTheOneThatRuns() throws Exception {
        var launcher = servers.launcher();
        launcher.succeed("londiste conf.ini provider install");
        var started = launcher.succeed("londiste conf.ini replay -d");
        long pid = servers.replayPid();
        assertThat(started).contains("pid " + pid);

        var second = launcher.run("londiste conf.ini replay");
        assertThat(second.exitCode()).isEqualTo(1);
        assertThat(second.err())
                .isEqualTo("The replay of job test_to_subscriber runs already, with pid " + pid + " (pid file "
                        + servers.replayPidFile() + ")\n");

        Files.writeString(servers.folder().resolve("conf.ini"), "\nmirror_queue = again\n", StandardOpenOption.APPEND);
        launcher.succeed("londiste -r conf.ini replay");
        await().atMost(PATIENCE).untilAsserted(() -> {
            servers.provider().execute("select pgq_client.tick_now('londiste.replika')");
            assertThat(servers.subscriber().rows("select from pgq.queue where queue_name = 'again'"))
                    .hasSize(1);
        });
        launcher.succeed("londiste conf.ini -s");
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
        assertThat(servers.replayLog()).contains("test_to_subscriber - stopped");
        assertThat(servers.replayPidFile()).doesNotExist();

        launcher.succeed("londiste -d conf.ini");
        launcher.succeed("londiste -k conf.ini replay");
        assertThat(servers.replayPidFile()).doesNotExist();
        assertThat(launcher.run("londiste -s conf.ini").err())
                .isEqualTo("The replay of job test_to_subscriber does not run: nobody has the pid file "
                        + servers.replayPidFile() + "\n");
        nobodyIsConnected();
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "KILL"})
    void whateverEndsAReplayInMidCopyTheNextOneFinishes(String signal) throws Exception {
        var replay = replayInMidCopy("londiste", "conf.ini", "replay");

        send(signal, replay.pid());

        assertThat(replay.waitFor(1, TimeUnit.MINUTES)).isTrue();
        if (!signal.equals("KILL")) {
            assertThat(servers.replayPidFile()).doesNotExist();
        }
        theNextOneFinishes();
    }

    @Test
    void aReplayWhoseTerminalIsClosedInMidCopyStopsAndTheNextOneFinishes() throws Exception {
        assumeThat(Path.of("/usr/bin/script")).exists();
        var terminal = replayInMidCopy("/usr/bin/script", "-qec", "londiste conf.ini replay", "/dev/null");
        long replay = servers.replayPid();

        terminal.destroyForcibly();

        await().atMost(PATIENCE)
                .until(() ->
                        ProcessHandle.of(replay).filter(ProcessHandle::isAlive).isEmpty());
        assertThat(servers.replayPidFile()).doesNotExist();
        theNextOneFinishes();
    }

    @Test
    void aReplayWithoutATerminalReloadsWhenItHangsUp() throws Exception {
        var launcher = servers.launcher();
        launcher.succeed("londiste conf.ini provider install");
        launcher.succeed("londiste -d conf.ini replay");

        send("HUP", servers.replayPid());

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(servers.replayLog()).contains("reads its configuration again"));
        launcher.succeed("londiste conf.ini -s");
    }

    private Process replayInMidCopy(String... words) throws IOException, InterruptedException {
        var launcher = servers.launcher();
        servers.provider().execute("insert into table2 select n, repeat('x', 500) from generate_series(1, 100000) n");
        launcher.succeed("londiste conf.ini provider install");
        launcher.succeed("londiste conf.ini provider add table1 table2");
        launcher.succeed("londiste conf.ini subscriber add table1 table2");
        var replay =
                launcher.start(servers.folder().resolve("out"), servers.folder().resolve("err"), words);
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> servers.subscriber()
                        .<Boolean>value(
                                "select exists (select from pg_stat_progress_copy where datname = ?)",
                                servers.subscriber().name()));
        return replay;
    }

    private static void send(String signal, long pid) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + signal, String.valueOf(pid)).start().waitFor();
    }

    private static void theNextOneFinishes() throws Exception {
        nobodyIsConnected();
        var launcher = servers.launcher();
        launcher.succeed("londiste -d conf.ini replay");
        launcher.succeed("londiste conf.ini wait-sync");
        launcher.succeed("londiste conf.ini compare --checksum");
    }

    private static void nobodyIsConnected() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(servers.connections()).isZero());
    }
}
