package dev.londiste.examples.benchmark.suite;

import dev.londiste.examples.benchmark.replication.ChildReplication;
import dev.londiste.examples.benchmark.replication.CopyTrial;
import dev.londiste.examples.benchmark.replication.ReplayTrial;
import dev.londiste.examples.benchmark.replication.Replication;
import dev.londiste.examples.benchmark.report.Goal;
import dev.londiste.examples.benchmark.server.Servers;
import dev.londiste.examples.benchmark.trial.Comparison;
import dev.londiste.examples.benchmark.trial.Contestant;
import dev.londiste.examples.benchmark.trial.Settings;
import dev.londiste.examples.benchmark.trial.Suite;
import dev.londiste.examples.benchmark.workload.Workloads;
import java.util.List;

/** A very large batch and a large copy in a process with a small heap, beside one with a large heap. */
public final class MemorySuite implements Suite {

    private static final int EVENTS = 10_000_000;
    private static final Contestant<Replication.Maker> LARGE =
            new Contestant<>("heap of 2 GB", ChildReplication.withHeap(2048));
    private static final Contestant<Replication.Maker> SMALL =
            new Contestant<>("heap of 128 MB", ChildReplication.withHeap(128));
    private static final double AS_GOOD = 1 / 1.15;

    @Override
    public void run(Settings settings, Servers servers, Comparison comparison) throws Exception {
        var large = Workloads.sequential().named("one large batch");
        comparison.once(new ReplayTrial(servers, large, settings.rows(EVENTS)), List.of(LARGE, SMALL));
        comparison.compare(
                new CopyTrial("copy in a heap", servers, settings.rows(CopySuite.ROWS)), List.of(LARGE, SMALL));
        comparison.goal(Goal.times(ReplayTrial.name(large), SMALL.name(), AS_GOOD, LARGE.name()));
        comparison.goal(Goal.times("copy in a heap", SMALL.name(), AS_GOOD, LARGE.name()));
    }
}
