package dev.londiste.pgq.component;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;

/** Micrometer's view of a consumer. Loaded only where Micrometer is on the class path. */
final class PgqMeters implements AutoCloseable {

    private final MeterRegistry registry;
    private final List<Meter> meters;

    private PgqMeters(MeterRegistry registry, List<Meter> meters) {
        this.registry = registry;
        this.meters = meters;
    }

    /** Does nothing when the registry of the context has no MeterRegistry. */
    static AutoCloseable bind(CamelContext context, PgqConsumer consumer) {
        var registry = context.getRegistry().findSingleByType(MeterRegistry.class);
        return registry == null ? () -> {} : new PgqMeters(registry, meters(registry, consumer));
    }

    private static List<Meter> meters(MeterRegistry registry, PgqConsumer consumer) {
        var tags = Tags.of("queue", consumer.getQueue(), "consumer", consumer.getConsumerName());
        return List.of(
                Gauge.builder("pgq.consumer.lag", consumer, PgqConsumer::getLagSeconds)
                        .description("How long ago the events in hand were ready")
                        .baseUnit("seconds")
                        .tags(tags)
                        .register(registry),
                Gauge.builder("pgq.consumer.batch.age", consumer, PgqConsumer::getBatchAgeSeconds)
                        .description("How long the batch in hand has been open")
                        .baseUnit("seconds")
                        .tags(tags)
                        .register(registry),
                FunctionTimer.builder(
                                "pgq.consumer.batch.time",
                                consumer,
                                PgqConsumer::getBatchCount,
                                PgqConsumer::getBatchTimeSeconds,
                                TimeUnit.SECONDS)
                        .description("How long finished batches were open")
                        .tags(tags)
                        .register(registry),
                FunctionCounter.builder("pgq.consumer.exchanges", consumer, PgqConsumer::getEventCount)
                        .description("Exchanges of finished batches")
                        .tags(tags)
                        .register(registry),
                FunctionCounter.builder("pgq.consumer.batches", consumer, PgqConsumer::getBatchCount)
                        .description("Finished batches")
                        .tags(tags)
                        .register(registry),
                FunctionCounter.builder("pgq.consumer.failures", consumer, PgqConsumer::getFailureCount)
                        .description("Failed polls")
                        .tags(tags)
                        .register(registry));
    }

    @Override
    public void close() {
        meters.forEach(registry::remove);
    }
}
