package dev.londiste.examples.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The launchers on two PostgreSQL servers, as the manual page has them. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class QuickStartIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @RegisterExtension
    static final TwoServers servers = new TwoServers();

    @Test
    void theQuickStartOfTheManualPageWorksAsPrinted() throws Exception {
        var launcher = servers.launcher();
        Transcript.read("quick-start.txt").run(launcher, servers.folder());
        servers.provider().execute("insert into table2 values (1, 'followed')");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(servers.subscriber().rows("select v from table2"))
                        .extracting(row -> row.get("v"))
                        .containsExactly("followed"));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(servers.replayLog())
                        .containsPattern("londiste.replika/test_to_subscriber - \\{count: \\d+, ignored: \\d+,"
                                + " duration: \\d+\\.\\d+}"));

        servers.subscriber().execute("update table1 set v = 'spoilt' where id = 7");
        assertThat(launcher.run("londiste conf.ini compare --checksum table1").exitCode())
                .isEqualTo(3);
        launcher.succeed("londiste conf.ini repair --apply table1");
        assertThat(launcher.succeed("londiste conf.ini compare --checksum")).contains("public.table1", "public.table2");
    }
}
