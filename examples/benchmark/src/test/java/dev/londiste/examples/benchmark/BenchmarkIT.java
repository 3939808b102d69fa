package dev.londiste.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.examples.benchmark.trial.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Everything is measured once, at a scale at which the figures say nothing: in two halves beside each other. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class BenchmarkIT {

    private static final double SMALL = 0.001;
    private static final List<String> OTHER_HALF = List.of("growth", "memory");

    @Test
    void smallRunMeasuresEveryContestantAndWritesTheReport(@TempDir Path folder) throws Exception {
        var suites = Benchmark.suites().keySet().stream()
                .filter(suite -> !OTHER_HALF.contains(suite))
                .toList();
        assertFigures(suites, folder, 60);

        assertThat(Files.readString(folder.resolve("benchmark.md"))).contains("| replay, mixed | londiste |");
        assertThat(Files.readString(folder.resolve("benchmark.json")))
                .contains("\"contestant\": \"plain JDBC cursor\"");
        assertThat(Files.readString(folder.resolve("replay-seq.svg"))).contains("<svg");
    }

    @Test
    void smallRunMeasuresWhatALargeOneIsFor(@TempDir Path folder) throws Exception {
        assertFigures(OTHER_HALF, folder, 13);
    }

    private static void assertFigures(List<String> suites, Path folder, int atLeast) throws Exception {
        var settings = new Settings(suites, SMALL, 1, folder);

        var report = new Benchmark(settings, System.out).run();
        report.write(settings.output());

        assertThat(report.figures())
                .hasSizeGreaterThanOrEqualTo(atLeast)
                .allSatisfy(figure -> assertThat(figure.median()).isNotNegative());
    }
}
