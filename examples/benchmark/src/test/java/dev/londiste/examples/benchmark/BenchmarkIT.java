package dev.londiste.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 3, unit = TimeUnit.MINUTES)
class BenchmarkIT {

    @TempDir
    Path folder;

    @Test
    void smallRunMeasuresEveryContestantAndWritesTheReport() throws Exception {
        var settings = new Settings(List.of(), 0.002, 1, folder);

        var report = new Benchmark(settings, new PrintStream(PrintStream.nullOutputStream())).run();
        report.write(settings.output());

        assertThat(report.figures())
                .hasSize(14)
                .allSatisfy(figure -> assertThat(figure.median()).isPositive());
        assertThat(Files.readString(folder.resolve("benchmark.md"))).contains("| replay, mixed | londiste |");
        assertThat(Files.readString(folder.resolve("benchmark.json")))
                .contains("\"contestant\": \"plain JDBC cursor\"");
    }
}
