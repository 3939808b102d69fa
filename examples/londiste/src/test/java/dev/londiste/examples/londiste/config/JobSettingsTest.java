package dev.londiste.examples.londiste.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobSettingsTest {

    private static final String NAMES = """
            job_name = j
            provider_db = host=a dbname=p
            subscriber_db = host=a dbname=s
            pgq_queue_name = q
            """;

    @TempDir
    Path folder;

    @Test
    void iniPropertiesAndYamlSayTheSame() throws IOException {
        var ini = settings("job.ini", "[londiste]\n" + NAMES + "loop_delay = 0.5\n");
        var properties = settings(
                "job.properties",
                (NAMES + "loop_delay = 0.5").replaceAll("(?m)^", "londiste.").replace(" = ", "="));
        var yaml = settings(
                "job.yaml",
                "londiste:\n"
                        + (NAMES + "loop_delay = 0.5\n")
                                .replaceAll("(?m)^(?=.)", "  ")
                                .replace(" = ", ": "));

        for (var settings : new JobSettings[] {ini, properties, yaml}) {
            assertThat(settings.job()).isEqualTo("j");
            assertThat(settings.queue()).isEqualTo("q");
            assertThat(settings.consumer()).isEqualTo("j");
            assertThat(settings.lockTimeout()).isEqualTo(Duration.ofSeconds(10));
            assertThat(settings.loopDelay()).contains(Duration.ofMillis(500));
            assertThat(settings.fetchSize()).isEmpty();
            assertThat(settings.process().pidFile()).isEqualTo(folder.resolve("j.pid"));
            assertThat(settings.process().warnings()).isEmpty();
        }
    }

    @Test
    void keysOfCamelGoToCamel() throws IOException {
        var file = read("job.properties", "londiste.job_name=j\ncamel.main.name=mine\n");

        assertThat(file.camel()).containsOnlyKeys("camel.main.name");
    }

    @Test
    void unknownKeysAndSkylogDrawAWarning() throws IOException {
        var settings = settings("job.ini", "[londiste]\n" + NAMES + "loop_dealy = 1\nuse_skylog = 1\n");

        assertThat(settings.process().warnings())
                .containsExactly(
                        folder.resolve("job.ini") + ": loop_dealy is not a known key, and is ignored",
                        folder.resolve("job.ini")
                                + ": use_skylog is ignored; the log goes to logfile and to the terminal");
    }

    @Test
    void wrongValuesAreOneSentence() {
        assertThatThrownBy(() -> settings("job.ini", "[londiste]\n" + NAMES + "lock_timeout = soon\n"))
                .hasMessage(
                        folder.resolve("job.ini") + ": lock_timeout in section londiste must be a number, not soon");
        assertThatThrownBy(() -> settings("job.ini", "[londiste]\njob_name = j\n"))
                .hasMessage(folder.resolve("job.ini") + ": provider_db in section londiste is missing");
        assertThatThrownBy(() -> settings("job.ini", "[londiste]\n" + NAMES.replace("host=a dbname=p", "dbname")))
                .hasMessageStartingWith(
                        folder.resolve("job.ini") + ": provider_db in section londiste cannot be used: a connection");
        assertThatThrownBy(() -> ConfigFile.read(folder.resolve("no.ini"), "londiste"))
                .hasMessage("There is no configuration file " + folder.resolve("no.ini"));
    }

    @Test
    void maintenanceOfTheTickerIsInSecondsOrMinutes() throws IOException {
        var seconds = TickerSettings.of(
                read("ticker.ini", "[pgqadm]\njob_name = t\ndb = host=a dbname=p\nmaint_delay = 600\n", "pgqadm"));
        var minutes = TickerSettings.of(
                read("ticker.ini", "[pgqadm]\njob_name = t\ndb = host=a dbname=p\nmaint_delay_min = 5\n", "pgqadm"));

        assertThat(seconds.maintenanceDelay()).isEqualTo(Duration.ofMinutes(10));
        assertThat(minutes.maintenanceDelay()).isEqualTo(Duration.ofMinutes(5));
    }

    private JobSettings settings(String name, String text) throws IOException {
        return JobSettings.of(read(name, text));
    }

    private ConfigFile read(String name, String text) throws IOException {
        return read(name, text, JobSettings.SECTION);
    }

    private ConfigFile read(String name, String text, String section) throws IOException {
        return ConfigFile.read(Files.writeString(folder.resolve(name), text), section);
    }
}
