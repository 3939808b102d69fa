package dev.londiste.examples.benchmark.queue;

import dev.londiste.examples.benchmark.report.Quantity;
import dev.londiste.examples.benchmark.server.Database;
import dev.londiste.examples.benchmark.server.Servers;
import dev.londiste.examples.benchmark.trial.Trial;
import java.util.List;

/** Events of one batch, read and counted per second. */
public record ConsumeTrial(String name, Servers servers, int events) implements Trial<ConsumeTrial.Reader> {

    /** Reads all events of the queue and answers how many they were. */
    public interface Reader {

        /** Its consumers, which are to be registered before there are events. */
        List<String> consumers();

        long count(Database database, int events) throws Exception;
    }

    @Override
    public List<Quantity> quantities() {
        return List.of(Quantity.larger(name, "events/s"));
    }

    @Override
    public double[] measure(Reader way) throws Exception {
        try (var database = servers.provider()) {
            FilledQueue.in(database, events, way.consumers());
            long start = System.nanoTime();
            long count = way.count(database, events);
            double seconds = (System.nanoTime() - start) / 1e9;
            long expected = (long) events * way.consumers().size();
            if (count != expected) {
                throw new IllegalStateException("Counted " + count + " events of " + expected);
            }
            return new double[] {count / seconds};
        }
    }
}
