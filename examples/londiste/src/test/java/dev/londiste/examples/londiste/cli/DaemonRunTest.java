package dev.londiste.examples.londiste.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.examples.londiste.config.ConfigurationException;
import dev.londiste.examples.londiste.config.ProcessSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class DaemonRunTest {

    @TempDir
    Path folder;

    /** It would start the next one for ever, which a test that starts real processes had better not find out. */
    @ParameterizedTest
    @ValueSource(strings = {"-d", "-dv", "-qd", "--daemon"})
    void theOneInTheBackgroundStartsNoOther(String switches) {
        System.setProperty("londiste.background", "true");
        try {
            assertThatThrownBy(() -> run(switches))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("The log file");
        } finally {
            System.clearProperty("londiste.background");
        }
    }

    @Test
    void theOneInTheForegroundStartsAnother() {
        assertThatThrownBy(() -> run("-d"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(EndsAtOnce.class.getName());
    }

    /** Runs a daemon that fails before it works, in this process since it cannot write its log. */
    private void run(String switches) throws Exception {
        var general = new GeneralOptions();
        var options = new DaemonOptions();
        var command = new Switches();
        new CommandLine(command)
                .addMixin("general", general)
                .addMixin("daemon", options)
                .parseArgs(switches);
        new DaemonRun("The replay", EndsAtOnce.class, List.of(switches), general)
                .run(
                        options,
                        ProcessSettings.ofDemo(folder.resolve("missing").resolve("log")),
                        null,
                        new PrintWriter(System.out));
    }

    @CommandLine.Command
    static final class Switches {}

    /** What is started in the background: it says its name, and ends. */
    static final class EndsAtOnce {

        private EndsAtOnce() {}

        public static void main(String[] arguments) {
            System.out.println(EndsAtOnce.class.getName());
        }
    }
}
