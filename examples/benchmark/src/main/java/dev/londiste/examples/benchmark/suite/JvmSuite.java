package dev.londiste.examples.benchmark.suite;

import dev.londiste.examples.benchmark.micro.CopyRowsBenchmark;
import dev.londiste.examples.benchmark.micro.DecodeBenchmark;
import dev.londiste.examples.benchmark.micro.ExchangeBenchmark;
import dev.londiste.examples.benchmark.micro.JmhTrial;
import dev.londiste.examples.benchmark.micro.NetChangesBenchmark;
import dev.londiste.examples.benchmark.server.Servers;
import dev.londiste.examples.benchmark.trial.Comparison;
import dev.londiste.examples.benchmark.trial.Settings;
import dev.londiste.examples.benchmark.trial.Suite;
import java.time.Duration;
import java.util.List;

/** What an event costs in the JVM alone, step by step: no server takes part. */
public final class JvmSuite implements Suite {

    private static final double ITERATION_MILLIS = 1_000;

    @Override
    public void run(Settings settings, Servers servers, Comparison comparison) throws Exception {
        var iteration = Duration.ofMillis(Math.max(1, (long) (ITERATION_MILLIS * Math.min(1, settings.scale()))));
        for (var trial : List.of(
                new JmhTrial("JVM, decode", DecodeBenchmark.class, iteration),
                new JmhTrial("JVM, net changes", NetChangesBenchmark.class, iteration),
                new JmhTrial("JVM, COPY", CopyRowsBenchmark.class, iteration),
                new JmhTrial("JVM, exchange", ExchangeBenchmark.class, iteration))) {
            comparison.compare(trial, trial.contestants());
        }
    }
}
