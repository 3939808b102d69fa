package dev.londiste.examples.benchmark.suite;

import dev.londiste.examples.benchmark.queue.ConsumeTrial;
import dev.londiste.examples.benchmark.queue.CursorReader;
import dev.londiste.examples.benchmark.queue.RouteReader;
import dev.londiste.examples.benchmark.report.Goal;
import dev.londiste.examples.benchmark.server.Servers;
import dev.londiste.examples.benchmark.trial.Comparison;
import dev.londiste.examples.benchmark.trial.Contestant;
import dev.londiste.examples.benchmark.trial.Settings;
import dev.londiste.examples.benchmark.trial.Suite;
import java.util.List;

/** One consumer that counts, beside a plain JDBC cursor over the event table. */
public final class ConsumeSuite implements Suite {

    private static final int EVENTS = 500_000;
    private static final double EXCHANGES_PER_SECOND = 300_000;

    @Override
    public void run(Settings settings, Servers servers, Comparison comparison) throws Exception {
        var cursor = new Contestant<ConsumeTrial.Reader>("plain JDBC cursor", new CursorReader());
        var byBatch = new Contestant<ConsumeTrial.Reader>("pgq:, by batch", new RouteReader(true, 1));
        var byEvent = new Contestant<ConsumeTrial.Reader>("pgq:, by event", new RouteReader(false, 1));
        var trial = new ConsumeTrial("consume", servers, settings.rows(EVENTS));
        var contestants = List.of(cursor, byBatch, byEvent);
        comparison.warmUp(trial, contestants);
        comparison.compare(trial, contestants);
        comparison.goal(Goal.times("consume", byBatch.name(), 0.85, cursor.name()));
        comparison.goal(Goal.figure("consume", byEvent.name(), EXCHANGES_PER_SECOND));
    }
}
