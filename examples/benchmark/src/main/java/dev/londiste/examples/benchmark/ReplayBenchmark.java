package dev.londiste.examples.benchmark;

import java.time.Duration;
import java.util.function.IntFunction;

/** Changes that have piled up, applied per second. */
record ReplayBenchmark(String name, int changes, IntFunction<String> workload) implements Trial<Replication.Maker> {

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @Override
    public String unit() {
        return "changes/s";
    }

    @Override
    public Figure.Better better() {
        return Figure.Better.LARGER;
    }

    @Override
    public double measure(Servers servers, Replication.Maker way) throws Exception {
        try (var round = Round.of(servers, way)) {
            round.replication().addTable();
            round.replication().pause();
            round.provider().execute(workload.apply(changes));
            round.provider().execute(Workloads.MARKER);
            long start = System.nanoTime();
            round.replication().resume();
            round.subscriber().await(Workloads.MARKER_ARRIVED, PATIENCE);
            double seconds = (System.nanoTime() - start) / 1e9;
            round.verify();
            return changes / seconds;
        }
    }
}
