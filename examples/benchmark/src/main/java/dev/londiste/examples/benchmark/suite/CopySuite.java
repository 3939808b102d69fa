package dev.londiste.examples.benchmark.suite;

import dev.londiste.examples.benchmark.replication.CopyPipe;
import dev.londiste.examples.benchmark.replication.CopyTrial;
import dev.londiste.examples.benchmark.replication.Replication;
import dev.londiste.examples.benchmark.report.Goal;
import dev.londiste.examples.benchmark.server.Servers;
import dev.londiste.examples.benchmark.trial.Comparison;
import dev.londiste.examples.benchmark.trial.Contestant;
import dev.londiste.examples.benchmark.trial.Settings;
import dev.londiste.examples.benchmark.trial.Suite;
import java.util.List;

/** A table of 277 MB, from adding it to its being in step, with a pipe that follows no change as the limit. */
public final class CopySuite implements Suite {

    static final int ROWS = 2_000_000;
    private static final Contestant<Replication.Maker> PIPE =
            new Contestant<>("copy pipe, key built after", CopyPipe::new);

    @Override
    public void run(Settings settings, Servers servers, Comparison comparison) throws Exception {
        comparison.compare(
                new CopyTrial("copy", servers, settings.rows(ROWS)),
                List.of(ReplaySuite.NATIVE, ReplaySuite.LONDISTE, PIPE));
        comparison.goal(Goal.times("copy", ReplaySuite.LONDISTE.name(), 1, ReplaySuite.NATIVE.name()));
        comparison.goal(Goal.times("copy", ReplaySuite.LONDISTE.name(), 0.9, PIPE.name()));
    }
}
