package dev.londiste.examples.benchmark.suite;

import dev.londiste.examples.benchmark.capture.Capture;
import dev.londiste.examples.benchmark.capture.CaptureServer;
import dev.londiste.examples.benchmark.capture.CaptureTrial;
import dev.londiste.examples.benchmark.capture.DebianServer;
import dev.londiste.examples.benchmark.report.Goal;
import dev.londiste.examples.benchmark.server.Database;
import dev.londiste.examples.benchmark.server.Servers;
import dev.londiste.examples.benchmark.trial.Comparison;
import dev.londiste.examples.benchmark.trial.Contestant;
import dev.londiste.examples.benchmark.trial.Settings;
import dev.londiste.examples.benchmark.trial.Suite;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What capture costs writers, beside PgQ's C trigger where Debian's package is installed. */
public final class CaptureSuite implements Suite {

    private static final int ROWS = 200_000;
    private static final double TIME_MILLIS = 10_000;
    private static final Contestant<Capture> C_TRIGGER = new Contestant<>("C trigger of PgQ", Capture.C_TRIGGER);
    private static final Contestant<Capture> NONE = new Contestant<>("no trigger", Capture.NONE);
    private static final Contestant<Capture> ROW = new Contestant<>("londiste, row", Capture.ROW);
    private static final Contestant<Capture> STATEMENT = new Contestant<>("londiste, statement", Capture.STATEMENT);

    @Override
    public void run(Settings settings, Servers servers, Comparison comparison) throws Exception {
        var debian = DebianServer.start();
        var contestants = new ArrayList<>(List.of(NONE, ROW, STATEMENT));
        if (debian.isPresent()) {
            contestants.add(0, C_TRIGGER);
            goals(comparison);
        } else {
            comparison.note(
                    "Capture is not held against PgQ's C trigger: Debian's postgresql-15-pgq3 is not installed.");
        }
        try (var server = debian.<CaptureServer>map(installed -> installed).orElse(new Embedded(servers))) {
            var time = Duration.ofMillis((long) (TIME_MILLIS * Math.min(1, settings.scale())));
            comparison.compare(new CaptureTrial(server, settings.rows(ROWS), time), contestants);
        }
    }

    private static void goals(Comparison comparison) {
        comparison.goal(Goal.times("capture, updates of one row", ROW.name(), 0.95, C_TRIGGER.name()));
        for (var statement : List.of("insert", "update", "delete")) {
            comparison.goal(Goal.times("capture, bulk " + statement, ROW.name(), 1 / 0.75, C_TRIGGER.name()));
            comparison.goal(Goal.times("capture, bulk " + statement, STATEMENT.name(), 1 / 0.55, C_TRIGGER.name()));
        }
    }

    private record Embedded(Servers servers) implements CaptureServer {

        @Override
        public Database database() throws SQLException {
            return servers.provider();
        }

        @Override
        public void close() {
            // the servers are everybody's
        }
    }
}
