package dev.londiste.examples.benchmark.suite;

import dev.londiste.examples.benchmark.replication.LatencyTrial;
import dev.londiste.examples.benchmark.replication.LondisteReplication;
import dev.londiste.examples.benchmark.replication.Replication;
import dev.londiste.examples.benchmark.report.Goal;
import dev.londiste.examples.benchmark.server.Servers;
import dev.londiste.examples.benchmark.trial.Comparison;
import dev.londiste.examples.benchmark.trial.Contestant;
import dev.londiste.examples.benchmark.trial.Settings;
import dev.londiste.examples.benchmark.trial.Suite;
import java.time.Duration;
import java.util.List;

/** From commit to visible, in the default configuration and tuned, and what rest costs. */
public final class LatencySuite implements Suite {

    private static final int SAMPLES = 300;
    private static final double IDLE_MILLIS = 25_000;
    private static final Contestant<Replication.Maker> TUNED =
            new Contestant<>("londiste, tuned", LondisteReplication::tuned);

    @Override
    public void run(Settings settings, Servers servers, Comparison comparison) throws Exception {
        var idle = Duration.ofMillis((long) (IDLE_MILLIS * Math.min(1, settings.scale())));
        var londiste = ReplaySuite.LONDISTE;
        comparison.compare(
                new LatencyTrial(servers, settings.rows(SAMPLES), idle), List.of(ReplaySuite.NATIVE, londiste, TUNED));
        comparison.goal(Goal.figure("latency, p50", londiste.name(), 60));
        comparison.goal(Goal.figure("latency, p99", londiste.name(), 150));
        comparison.goal(Goal.figure("latency, p50", TUNED.name(), 10));
        comparison.goal(Goal.figure("latency, p99", TUNED.name(), 30));
        comparison.goal(Goal.figure("transactions at rest", londiste.name(), 12));
    }
}
