package dev.londiste.examples.benchmark;

import dev.londiste.examples.benchmark.report.Guide;
import dev.londiste.examples.benchmark.report.Report;
import dev.londiste.examples.benchmark.server.Servers;
import dev.londiste.examples.benchmark.suite.CaptureSuite;
import dev.londiste.examples.benchmark.suite.ConsumeSuite;
import dev.londiste.examples.benchmark.suite.CopySuite;
import dev.londiste.examples.benchmark.suite.FanoutSuite;
import dev.londiste.examples.benchmark.suite.GrowthSuite;
import dev.londiste.examples.benchmark.suite.JvmSuite;
import dev.londiste.examples.benchmark.suite.LatencySuite;
import dev.londiste.examples.benchmark.suite.MemorySuite;
import dev.londiste.examples.benchmark.suite.ReplaySuite;
import dev.londiste.examples.benchmark.suite.StartSuite;
import dev.londiste.examples.benchmark.trial.Comparison;
import dev.londiste.examples.benchmark.trial.Settings;
import dev.londiste.examples.benchmark.trial.Suite;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Measures this project side by side with its peers, on embedded servers, in one run. */
public final class Benchmark {

    private final Settings settings;
    private final PrintStream out;

    Benchmark(Settings settings, PrintStream out) {
        this.settings = settings;
        this.out = out;
    }

    public static void main(String[] args) throws Exception {
        var settings = Settings.of(System.getProperties());
        if (!settings.publish().isEmpty()) {
            Guide.in(Path.of("docs")).publish(settings.publish());
            return;
        }
        var report = new Benchmark(settings, System.out).run();
        System.out.println();
        System.out.print(report.markdown());
        report.write(settings.output());
        System.out.println("\nAlso in " + settings.output().toAbsolutePath());
    }

    /** By the names that {@code benchmark.only} takes. */
    static Map<String, Suite> suites() {
        var suites = new LinkedHashMap<String, Suite>();
        suites.put("replay", new ReplaySuite());
        suites.put("capture", new CaptureSuite());
        suites.put("copy", new CopySuite());
        suites.put("latency", new LatencySuite());
        suites.put("consume", new ConsumeSuite());
        suites.put("fanout", new FanoutSuite());
        suites.put("memory", new MemorySuite());
        suites.put("growth", new GrowthSuite());
        suites.put("start", new StartSuite());
        suites.put("jvm", new JvmSuite());
        return suites;
    }

    /** Runs what the settings ask for. */
    Report run() throws Exception {
        settings.requireKnown(suites().keySet());
        var comparison = new Comparison(settings.rounds(), out);
        try (var servers = Servers.start()) {
            for (var suite : suites().entrySet()) {
                if (settings.wants(suite.getKey())) {
                    suite.getValue().run(settings, servers, comparison);
                }
            }
        }
        return comparison.report();
    }
}
