package dev.londiste.examples.benchmark.replication;

import dev.londiste.examples.benchmark.report.Quantity;
import dev.londiste.examples.benchmark.server.Servers;
import dev.londiste.examples.benchmark.trial.Trial;
import dev.londiste.examples.benchmark.workload.Workload;
import java.time.Duration;
import java.util.List;

/** Changes that have piled up, applied per second. */
public record ReplayTrial(Servers servers, Workload workload, int changes, Circumstances circumstances)
        implements Trial<Replication.Maker> {

    private static final Duration PATIENCE = Duration.ofMinutes(60);
    private static final Duration PAUSE = Duration.ofMillis(10);

    /** What else goes on while changes pile up and are applied; closed when they are. */
    public interface Circumstances {

        Circumstances NONE = round -> () -> {};

        AutoCloseable begin(Round round) throws Exception;
    }

    public ReplayTrial(Servers servers, Workload workload, int changes) {
        this(servers, workload, changes, Circumstances.NONE);
    }

    @Override
    public List<Quantity> quantities() {
        return List.of(Quantity.larger(name(workload), "changes/s"));
    }

    public static String name(Workload workload) {
        return "replay, " + workload.name();
    }

    @Override
    public double[] measure(Replication.Maker way) throws Exception {
        try (var round = Round.of(servers, workload, way)) {
            return new double[] {changes / seconds(round)};
        }
    }

    private double seconds(Round round) throws Exception {
        var replication = round.replication();
        replication.addTables();
        replication.pause();
        var around = circumstances.begin(round);
        try {
            round.provider().execute(workload.changes().apply(changes));
            round.provider().execute(Workload.MARKER);
            long start = System.nanoTime();
            replication.resume();
            round.subscriber().await(Workload.MARKER_ARRIVED, PAUSE, PATIENCE);
            double seconds = (System.nanoTime() - start) / 1e9;
            round.verify();
            return seconds;
        } finally {
            around.close();
        }
    }
}
