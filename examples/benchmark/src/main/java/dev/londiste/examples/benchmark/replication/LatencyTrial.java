package dev.londiste.examples.benchmark.replication;

import dev.londiste.examples.benchmark.report.Quantity;
import dev.londiste.examples.benchmark.server.Servers;
import dev.londiste.examples.benchmark.trial.Trial;
import dev.londiste.examples.benchmark.workload.Workloads;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * From the commit of one row on the provider to its being visible on the subscriber, in milliseconds, with nothing else
 * going on; the pauses between the rows are by chance. Then what it costs when nothing happens at all: transactions a
 * second, on both sides together.
 */
public record LatencyTrial(Servers servers, int samples, Duration idle) implements Trial<Replication.Maker> {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(2);
    private static final long LONGEST_PAUSE = Duration.ofMillis(400).toNanos();
    /** So many times as long as it is measured, it is waited for rest. */
    private static final int WAITS = 3;

    @Override
    public List<Quantity> quantities() {
        return List.of(
                Quantity.smaller("latency, p50", "ms"),
                Quantity.smaller("latency, p99", "ms"),
                Quantity.smaller("transactions at rest", "1/s"));
    }

    @Override
    public double[] measure(Replication.Maker way) throws Exception {
        try (var round = Round.of(servers, Workloads.sequential(), way)) {
            round.replication().addTables();
            var pauses = new SplittableRandom(1);
            var millis = new double[samples];
            for (int i = 0; i < samples; i++) {
                LockSupport.parkNanos(pauses.nextLong(LONGEST_PAUSE));
                millis[i] = sample(round, i);
            }
            Arrays.sort(millis);
            return new double[] {percentile(millis, 0.50), percentile(millis, 0.99), transactionsAtRest(round)};
        }
    }

    private static double percentile(double[] sorted, double percentile) {
        return sorted[(int) Math.min(sorted.length - 1, Math.floor(sorted.length * percentile))];
    }

    private static double sample(Round round, int id) throws SQLException {
        round.provider().execute("insert into t values (" + id + ", 0, 'latency', now(), 0)");
        long committed = System.nanoTime();
        round.subscriber().await("select exists (select from t where id = " + id + ")", PAUSE, PATIENCE);
        return (System.nanoTime() - committed) / 1e6;
    }

    /** After a while: what follows the last change, such as ticks that thin out, is not rest yet. */
    private double transactionsAtRest(Round round) throws SQLException {
        LockSupport.parkNanos(idle.multipliedBy(WAITS).toNanos());
        long before = transactions(round);
        long start = System.nanoTime();
        LockSupport.parkNanos(idle.toNanos());
        return (transactions(round) - before) / ((System.nanoTime() - start) / 1e9);
    }

    private static long transactions(Round round) throws SQLException {
        return round.provider().transactions() + round.subscriber().transactions();
    }
}
