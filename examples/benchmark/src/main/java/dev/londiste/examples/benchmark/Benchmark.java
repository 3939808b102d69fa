package dev.londiste.examples.benchmark;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures replication side by side with its peers on two embedded servers. The contestants of a benchmark alternate,
 * so that whatever else the machine does hits all alike.
 */
public final class Benchmark {

    private static final int CHANGES = 350_000;
    private static final int COPIED_ROWS = 2_000_000;
    private static final int SAMPLES = 300;
    private static final int EVENTS = 500_000;

    private static final Contestant<Replication.Maker> NATIVE =
            new Contestant<>("native logical replication", NativeReplication::new);
    private static final Contestant<Replication.Maker> PIPE =
            new Contestant<>("copy pipe, key built after", CopyPipe::new);
    private static final Contestant<Replication.Maker> LONDISTE =
            new Contestant<>("londiste", LondisteReplication::new);

    private static final List<Contestant<ConsumeBenchmark.Reader>> READERS = List.of(
            new Contestant<>("plain JDBC cursor", new CursorReader()),
            new Contestant<>("pgq:, by batch", new RouteReader(true)),
            new Contestant<>("pgq:, by event", new RouteReader(false)));

    private final Settings settings;
    private final PrintStream out;

    Benchmark(Settings settings, PrintStream out) {
        this.settings = settings;
        this.out = out;
    }

    public static void main(String[] args) throws Exception {
        var settings = Settings.of(System.getProperties());
        var report = new Benchmark(settings, System.out).run();
        System.out.println();
        System.out.print(report.markdown());
        report.write(settings.output());
        System.out.println("\nAlso in " + settings.output().toAbsolutePath());
    }

    /** Runs what the settings ask for. */
    Report run() throws Exception {
        var figures = new ArrayList<Figure>();
        try (var servers = Servers.start()) {
            int changes = settings.rows(CHANGES);
            if (settings.wants("replay")) {
                figures.addAll(compare(
                        servers,
                        new ReplayBenchmark("replay, seq", changes, Workloads::sequential),
                        List.of(NATIVE, LONDISTE)));
                figures.addAll(compare(
                        servers,
                        new ReplayBenchmark("replay, mixed", changes, Workloads::mixed),
                        List.of(NATIVE, LONDISTE)));
            }
            if (settings.wants("copy")) {
                figures.addAll(compare(
                        servers, new CopyBenchmark(settings.rows(COPIED_ROWS)), List.of(NATIVE, PIPE, LONDISTE)));
            }
            if (settings.wants("latency")) {
                int samples = settings.rows(SAMPLES);
                figures.addAll(compare(
                        servers, new LatencyBenchmark("latency, p50", 0.50, samples), List.of(NATIVE, LONDISTE)));
                figures.addAll(compare(
                        servers, new LatencyBenchmark("latency, p99", 0.99, samples), List.of(NATIVE, LONDISTE)));
            }
            if (settings.wants("consume")) {
                figures.addAll(compare(servers, new ConsumeBenchmark(settings.rows(EVENTS)), READERS));
            }
        }
        return new Report(figures);
    }

    private <T> List<Figure> compare(Servers servers, Trial<T> trial, List<Contestant<T>> contestants)
            throws Exception {
        var values =
                contestants.stream().map(contestant -> new ArrayList<Double>()).toList();
        for (int round = 1; round <= settings.rounds(); round++) {
            for (int i = 0; i < contestants.size(); i++) {
                double value = trial.measure(servers, contestants.get(i).way());
                values.get(i).add(value);
                out.printf(
                        "%-16s round %d  %-28s %,.1f %s%n",
                        trial.name(), round, contestants.get(i).name(), value, trial.unit());
            }
        }
        var figures = new ArrayList<Figure>();
        for (int i = 0; i < contestants.size(); i++) {
            figures.add(
                    new Figure(trial.name(), contestants.get(i).name(), trial.unit(), trial.better(), values.get(i)));
        }
        return figures;
    }
}
