package dev.londiste.replication.component;

import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.Replay;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.CamelContext;

/** Micrometer's view of a replay. Loaded only where Micrometer is on the class path. */
final class LondisteMeters implements AutoCloseable {

    private static final List<String> STATES = List.of("NEW", "in-copy", "catching-up", "wanna-sync", "do-sync", "ok");

    private final MeterRegistry registry;
    private final List<Meter> meters;

    private LondisteMeters(MeterRegistry registry, List<Meter> meters) {
        this.registry = registry;
        this.meters = meters;
    }

    /** Does nothing when the registry of the context has no MeterRegistry. */
    static AutoCloseable bind(CamelContext context, Job job, Replay replay) {
        var registry = context.getRegistry().findSingleByType(MeterRegistry.class);
        return registry == null ? () -> {} : new LondisteMeters(registry, meters(registry, job, replay));
    }

    private static List<Meter> meters(MeterRegistry registry, Job job, Replay replay) {
        var tags = Tags.of("queue", job.queue(), "job", job.name());
        var meters = new ArrayList<Meter>();
        meters.add(FunctionCounter.builder(
                        "londiste.events",
                        replay,
                        r -> r.statistics().snapshot().events())
                .description("Events applied")
                .tags(tags)
                .register(registry));
        meters.add(FunctionCounter.builder(
                        "londiste.batches",
                        replay,
                        r -> r.statistics().snapshot().batches())
                .description("Batches applied")
                .tags(tags)
                .register(registry));
        meters.add(FunctionCounter.builder(
                        "londiste.failures",
                        replay,
                        r -> r.statistics().snapshot().failures())
                .description("Batches that failed")
                .tags(tags)
                .register(registry));
        meters.add(Gauge.builder(
                        "londiste.active",
                        replay,
                        r -> r.statistics().snapshot().active() ? 1 : 0)
                .description("Whether this process replays the job")
                .tags(tags)
                .register(registry));
        meters.add(Gauge.builder(
                        "londiste.tables.parked",
                        replay,
                        r -> r.statistics().snapshot().parked().size())
                .description("Tables that are parked")
                .tags(tags)
                .register(registry));
        STATES.forEach(state -> meters.add(Gauge.builder("londiste.tables", replay, r -> tables(r, state))
                .description("Tables in a state")
                .tags(tags.and("state", state))
                .register(registry)));
        return meters;
    }

    private static long tables(Replay replay, String state) {
        return replay.statistics().snapshot().tablesByState().getOrDefault(state, 0L);
    }

    @Override
    public void close() {
        meters.forEach(registry::remove);
    }
}
