package dev.londiste.examples.benchmark.suite;

import dev.londiste.examples.benchmark.replication.LondisteReplication;
import dev.londiste.examples.benchmark.replication.ReplayTrial;
import dev.londiste.examples.benchmark.replication.ReplayTrial.Circumstances;
import dev.londiste.examples.benchmark.replication.Replication;
import dev.londiste.examples.benchmark.replication.Round;
import dev.londiste.examples.benchmark.report.Quantity;
import dev.londiste.examples.benchmark.server.Servers;
import dev.londiste.examples.benchmark.trial.Comparison;
import dev.londiste.examples.benchmark.trial.Contestant;
import dev.londiste.examples.benchmark.trial.Settings;
import dev.londiste.examples.benchmark.trial.Suite;
import dev.londiste.examples.benchmark.trial.Trial;
import dev.londiste.examples.benchmark.workload.Workload;
import dev.londiste.examples.benchmark.workload.Workloads;
import java.util.List;
import java.util.stream.IntStream;

/** How the cost of a change grows: with the size of the batch, the number of tables, a transaction that stays open. */
public final class GrowthSuite implements Suite {

    private static final int CHANGES = 200_000;

    @Override
    public void run(Settings settings, Servers servers, Comparison comparison) throws Exception {
        int changes = settings.rows(CHANGES);
        comparison.warmUp(
                new Cost("growth, warm-up"),
                List.of(replay(servers, "mixed", Workloads.mixed(), changes, Circumstances.NONE)));
        comparison.once(
                new Cost("growth, changes in a batch"),
                IntStream.of(10_000, 100_000, 1_000_000, 10_000_000)
                        .map(settings::rows)
                        .mapToObj(size -> replay(servers, "" + size, Workloads.sequential(), size, Circumstances.NONE))
                        .toList());
        comparison.compare(
                new Cost("growth, tables"),
                IntStream.of(1, 10, 50)
                        .mapToObj(tables ->
                                replay(servers, "" + tables, Workloads.spread(tables), changes, Circumstances.NONE))
                        .toList());
        comparison.compare(
                new Cost("growth, long transaction"),
                List.of(
                        replay(servers, "none", Workloads.mixed(), changes, Circumstances.NONE),
                        replay(servers, "one open on the provider", Workloads.mixed(), changes, GrowthSuite::open)));
    }

    private static Contestant<Replayed> replay(
            Servers servers, String name, Workload workload, int changes, Circumstances circumstances) {
        return new Contestant<>(name, new Replayed(new ReplayTrial(servers, workload, changes, circumstances)));
    }

    /** Writes something, and does not end. */
    private static AutoCloseable open(Round round) throws Exception {
        var connection = round.provider().connect();
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute("create table held (id int); insert into held values (1)");
        }
        return () -> {
            connection.rollback();
            connection.close();
        };
    }

    private record Replayed(ReplayTrial trial) {}

    private record Cost(String name) implements Trial<Replayed> {

        private static final Replication.Maker WAY = LondisteReplication::copyingSideBySide;

        @Override
        public List<Quantity> quantities() {
            return List.of(Quantity.smaller(name, "µs a change"));
        }

        @Override
        public double[] measure(Replayed way) throws Exception {
            return new double[] {1e6 / way.trial().measure(WAY)[0]};
        }
    }
}
