package dev.londiste.examples.benchmark.trial;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Properties;

/**
 * What a run can be told by system properties.
 *
 * @param only names of the benchmarks to run, {@code benchmark.only}; empty for all
 * @param scale factor on all row counts, {@code benchmark.scale}
 * @param rounds how often each is measured, {@code benchmark.rounds}
 * @param output folder for the reports, {@code benchmark.output}
 * @param publish folders of reports that the user guide is to show, instead of a run; {@code benchmark.publish}
 */
public record Settings(List<String> only, double scale, int rounds, Path output, List<Path> publish) {

    public Settings {
        if (scale <= 0) {
            throw new IllegalArgumentException("benchmark.scale must be positive: " + scale);
        }
        if (rounds < 1) {
            throw new IllegalArgumentException("benchmark.rounds must be at least 1: " + rounds);
        }
        only = List.copyOf(only);
        publish = List.copyOf(publish);
    }

    public Settings(List<String> only, double scale, int rounds, Path output) {
        this(only, scale, rounds, output, List.of());
    }

    public static Settings of(Properties properties) {
        return new Settings(
                list(properties, "benchmark.only"),
                Double.parseDouble(properties.getProperty("benchmark.scale", "1")),
                Integer.parseInt(properties.getProperty("benchmark.rounds", "3")),
                Path.of(properties.getProperty("benchmark.output", "target/benchmark")),
                list(properties, "benchmark.publish").stream().map(Path::of).toList());
    }

    private static List<String> list(Properties properties, String name) {
        return Arrays.stream(properties.getProperty(name, "").split(","))
                .map(String::strip)
                .filter(value -> !value.isEmpty())
                .toList();
    }

    /** This many rows at scale 1. */
    public int rows(int atFullScale) {
        return (int) Math.max(1, Math.round(atFullScale * scale));
    }

    public boolean wants(String benchmark) {
        return only.isEmpty() || only.contains(benchmark);
    }

    /** A name that is misspelt would measure nothing. */
    public void requireKnown(Collection<String> benchmarks) {
        only.stream().filter(name -> !benchmarks.contains(name)).findFirst().ifPresent(name -> {
            throw new IllegalArgumentException("benchmark.only knows " + benchmarks + ", but not: " + name);
        });
    }
}
