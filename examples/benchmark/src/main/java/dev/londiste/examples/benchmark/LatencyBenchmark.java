package dev.londiste.examples.benchmark;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;

/** From the commit of one row on the provider to its being visible on the subscriber, with nothing else going on. */
record LatencyBenchmark(String name, double percentile, int samples) implements Trial<Replication.Maker> {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Override
    public String unit() {
        return "ms";
    }

    @Override
    public Figure.Better better() {
        return Figure.Better.SMALLER;
    }

    @Override
    public double measure(Servers servers, Replication.Maker way) throws Exception {
        try (var round = Round.of(servers, way)) {
            round.replication().addTable();
            var millis = new double[samples];
            for (int i = 0; i < samples; i++) {
                millis[i] = sample(round, i);
            }
            Arrays.sort(millis);
            return millis[(int) Math.min(samples - 1, Math.floor(samples * percentile))];
        }
    }

    private static double sample(Round round, int id) throws SQLException {
        round.provider().execute("insert into t values (" + id + ", 0, 'latency', now(), 0)");
        long committed = System.nanoTime();
        round.subscriber().await("select true from t where id = " + id, PATIENCE);
        return (System.nanoTime() - committed) / 1e6;
    }
}
