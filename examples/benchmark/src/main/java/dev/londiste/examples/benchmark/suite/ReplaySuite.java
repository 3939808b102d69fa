package dev.londiste.examples.benchmark.suite;

import dev.londiste.examples.benchmark.replication.InOrder;
import dev.londiste.examples.benchmark.replication.LondisteReplication;
import dev.londiste.examples.benchmark.replication.LoopReplication;
import dev.londiste.examples.benchmark.replication.NativeReplication;
import dev.londiste.examples.benchmark.replication.ReplayTrial;
import dev.londiste.examples.benchmark.replication.Replication;
import dev.londiste.examples.benchmark.replication.StatementText;
import dev.londiste.examples.benchmark.report.Goal;
import dev.londiste.examples.benchmark.server.Servers;
import dev.londiste.examples.benchmark.trial.Comparison;
import dev.londiste.examples.benchmark.trial.Contestant;
import dev.londiste.examples.benchmark.trial.Settings;
import dev.londiste.examples.benchmark.trial.Suite;
import dev.londiste.examples.benchmark.workload.SmallTransactions;
import dev.londiste.examples.benchmark.workload.WideTable;
import dev.londiste.examples.benchmark.workload.Workload;
import dev.londiste.examples.benchmark.workload.Workloads;
import java.util.List;

/** Changes that have piled up: this project beside native logical replication, and beside SkyTools' way of applying. */
public final class ReplaySuite implements Suite {

    private static final int CHANGES = 350_000;
    private static final int TRANSACTIONS = 100_000;
    private static final int WIDE_ROWS = 60_000;

    static final Contestant<Replication.Maker> NATIVE =
            new Contestant<>("native logical replication", NativeReplication::new);
    static final Contestant<Replication.Maker> LONDISTE = new Contestant<>("londiste", LondisteReplication::new);
    private static final Contestant<Replication.Maker> IN_ORDER =
            new Contestant<>("strictly in order", LoopReplication.of(InOrder::new));
    private static final Contestant<Replication.Maker> TEXT =
            new Contestant<>("statement text, as SkyTools", LoopReplication.of(StatementText::new));

    @Override
    public void run(Settings settings, Servers servers, Comparison comparison) throws Exception {
        int changes = settings.rows(CHANGES);
        comparison.warmUp(new ReplayTrial(servers, Workloads.mixed(), changes), List.of(LONDISTE, IN_ORDER));
        for (var workload : List.of(Workloads.sequential(), Workloads.mixed())) {
            comparison.compare(new ReplayTrial(servers, workload, changes), List.of(NATIVE, LONDISTE, IN_ORDER, TEXT));
            goal(comparison, workload, 1.15);
            comparison.goal(Goal.times(ReplayTrial.name(workload), LONDISTE.name(), 2.5, TEXT.name()));
            comparison.goal(Goal.times(ReplayTrial.name(workload), IN_ORDER.name(), 0.75, NATIVE.name()));
        }
        against(comparison, servers, Workloads.hotKeys(), changes, 3);
        against(comparison, servers, SmallTransactions.workload(), settings.rows(TRANSACTIONS), 2);
        against(comparison, servers, WideTable.workload(), settings.rows(WIDE_ROWS), 1);
    }

    private static void against(Comparison comparison, Servers servers, Workload workload, int changes, double goal)
            throws Exception {
        var trial = new ReplayTrial(servers, workload, changes);
        comparison.warmUp(trial, List.of(LONDISTE));
        comparison.compare(trial, List.of(NATIVE, LONDISTE));
        goal(comparison, workload, goal);
    }

    private static void goal(Comparison comparison, Workload workload, double times) {
        comparison.goal(Goal.times(ReplayTrial.name(workload), LONDISTE.name(), times, NATIVE.name()));
    }
}
