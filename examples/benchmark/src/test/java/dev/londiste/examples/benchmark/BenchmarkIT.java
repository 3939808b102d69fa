package dev.londiste.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.examples.benchmark.trial.Settings;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 5, unit = TimeUnit.MINUTES)
class BenchmarkIT {

    private static final double SMALL = 0.001;

    @TempDir
    Path folder;

    @Test
    void smallRunMeasuresEveryContestantAndWritesTheReport() throws Exception {
        // Growth is for a machine of its own: it is long at any scale.
        var suites = List.of("replay", "capture", "copy", "latency", "consume", "fanout", "memory", "start");
        var settings = new Settings(suites, SMALL, 1, folder);

        var report = new Benchmark(settings, new PrintStream(PrintStream.nullOutputStream())).run();
        report.write(settings.output());

        assertThat(report.figures())
                .hasSizeGreaterThanOrEqualTo(30)
                .allSatisfy(figure -> assertThat(figure.median()).isNotNegative());
        assertThat(Files.readString(folder.resolve("benchmark.md"))).contains("| replay, mixed | londiste |");
        assertThat(Files.readString(folder.resolve("benchmark.json")))
                .contains("\"contestant\": \"plain JDBC cursor\"");
        assertThat(Files.readString(folder.resolve("replay-seq.svg"))).contains("<svg");
    }
}
