package dev.londiste.examples.benchmark.queue;

import dev.londiste.examples.benchmark.report.Quantity;
import dev.londiste.examples.benchmark.server.Database;
import dev.londiste.examples.benchmark.server.Servers;
import dev.londiste.examples.benchmark.trial.Trial;
import java.util.List;

/** Events of one batch, read and counted per second. */
public record ConsumeTrial(String name, Servers servers, int events) implements Trial<ConsumeTrial.Reader> {

    /** Reads all events of the queue. */
    public interface Reader {

        /** Its consumers, which are to be registered before there are events. */
        List<String> consumers();

        /** Makes ready what is there before events are read. */
        Reading prepare(Database database, int events) throws Exception;
    }

    /** What is measured. */
    public interface Reading extends AutoCloseable {

        /** Reads, and answers how many events there were. */
        long count() throws Exception;

        @Override
        void close();
    }

    @Override
    public List<Quantity> quantities() {
        return List.of(Quantity.larger(name, "events/s"));
    }

    @Override
    public double[] measure(Reader way) throws Exception {
        try (var database = servers.provider()) {
            FilledQueue.in(database, events, way.consumers());
            long count;
            double seconds;
            try (var reading = way.prepare(database, events)) {
                long start = System.nanoTime();
                count = reading.count();
                seconds = (System.nanoTime() - start) / 1e9;
            }
            long expected = (long) events * way.consumers().size();
            if (count != expected) {
                throw new IllegalStateException("Counted " + count + " events of " + expected);
            }
            return new double[] {count / seconds};
        }
    }
}
