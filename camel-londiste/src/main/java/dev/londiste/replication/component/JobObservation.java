package dev.londiste.replication.component;

import dev.londiste.pgq.PgqException;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.Replay;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckRegistry;

/** Health check and meters of one replay, as long as it runs. */
final class JobObservation implements AutoCloseable {

    private final HealthCheckRegistry checks;
    private final ReplayHealthCheck check;
    private final AutoCloseable meters;

    JobObservation(CamelContext context, Job job, Replay replay) {
        this.checks = HealthCheckRegistry.get(context);
        this.check = new ReplayHealthCheck(job, replay);
        if (checks != null) {
            checks.register(check);
        }
        this.meters = hasMicrometer(context) ? LondisteMeters.bind(context, job, replay) : () -> {};
    }

    private static boolean hasMicrometer(CamelContext context) {
        return context.getClassResolver().resolveClass("io.micrometer.core.instrument.MeterRegistry") != null;
    }

    @Override
    public void close() {
        if (checks != null) {
            checks.unregister(check);
        }
        try {
            meters.close();
        } catch (Exception e) {
            throw new PgqException("Meters cannot be removed", e);
        }
    }
}
