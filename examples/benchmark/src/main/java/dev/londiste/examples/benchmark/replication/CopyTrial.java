package dev.londiste.examples.benchmark.replication;

import dev.londiste.examples.benchmark.report.Quantity;
import dev.londiste.examples.benchmark.server.Servers;
import dev.londiste.examples.benchmark.trial.Trial;
import dev.londiste.examples.benchmark.workload.Workloads;
import java.util.List;

/** From adding a full table to its being in step. */
public record CopyTrial(String name, Servers servers, int rows) implements Trial<Replication.Maker> {

    @Override
    public List<Quantity> quantities() {
        return List.of(Quantity.smaller(name, "s"));
    }

    @Override
    public double[] measure(Replication.Maker way) throws Exception {
        try (var round = Round.of(servers, Workloads.sequential(), way)) {
            round.provider().execute(Workloads.fill(rows));
            long start = System.nanoTime();
            round.replication().addTables();
            double seconds = (System.nanoTime() - start) / 1e9;
            round.verify();
            return new double[] {seconds};
        }
    }
}
