package dev.londiste.examples.benchmark.micro;

import dev.londiste.examples.benchmark.report.Quantity;
import dev.londiste.examples.benchmark.trial.Contestant;
import dev.londiste.examples.benchmark.trial.Trial;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * The methods of a class that JMH measures, each a contestant, in a process of its own.
 *
 * @param iteration how long one of the iterations takes; when it is short, so that the figures say nothing anyway, there
 *     is no other process, and no warm-up
 */
public record JmhTrial(String name, Class<?> benchmark, Duration iteration) implements Trial<String> {

    private static final int ITERATIONS = 3;
    private static final Duration WORTH_A_PROCESS = Duration.ofMillis(100);

    @Override
    public List<Quantity> quantities() {
        return List.of(Quantity.smaller(name, "ns an event"));
    }

    /** Named after the methods. */
    public List<Contestant<String>> contestants() {
        return Arrays.stream(benchmark.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Benchmark.class))
                .map(Method::getName)
                .sorted(Comparator.naturalOrder())
                .map(method -> new Contestant<>(words(method), method))
                .toList();
    }

    private static String words(String method) {
        return method.replaceAll("(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    }

    @Override
    public double[] measure(String method) throws RunnerException {
        boolean serious = iteration.compareTo(WORTH_A_PROCESS) >= 0;
        var time = TimeValue.milliseconds(iteration.toMillis());
        var options = new OptionsBuilder()
                .include(benchmark.getName().replace(".", "\\.") + "\\." + method + "$")
                .forks(serious ? 1 : 0)
                .warmupIterations(serious ? ITERATIONS : 0)
                .warmupTime(time)
                .measurementIterations(serious ? ITERATIONS : 1)
                .measurementTime(time)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .build();
        var result = new Runner(options).runSingle();
        return new double[] {result.getPrimaryResult().getScore()};
    }
}
