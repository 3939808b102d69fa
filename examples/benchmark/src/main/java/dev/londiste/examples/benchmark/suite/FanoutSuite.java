package dev.londiste.examples.benchmark.suite;

import dev.londiste.examples.benchmark.queue.ConsumeTrial;
import dev.londiste.examples.benchmark.queue.RouteReader;
import dev.londiste.examples.benchmark.server.Servers;
import dev.londiste.examples.benchmark.trial.Comparison;
import dev.londiste.examples.benchmark.trial.Contestant;
import dev.londiste.examples.benchmark.trial.Settings;
import dev.londiste.examples.benchmark.trial.Suite;
import java.util.stream.IntStream;

/** Several consumers of one queue in one process: events handed out per second, all of them together. */
public final class FanoutSuite implements Suite {

    private static final int EVENTS = 200_000;

    @Override
    public void run(Settings settings, Servers servers, Comparison comparison) throws Exception {
        comparison.compare(
                new ConsumeTrial("fan-out", servers, settings.rows(EVENTS)),
                IntStream.of(1, 2, 4, 8)
                        .mapToObj(count -> new Contestant<ConsumeTrial.Reader>(
                                "consumers: " + count, new RouteReader(false, count)))
                        .toList());
    }
}
