package dev.londiste.pgq.component;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.Jdbc;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckResultBuilder;

/**
 * Not ready while the database does not answer, or has no such queue. Camel asks it only where
 * {@code camel.health.producersEnabled} is set. Thread-safe; one short query a call.
 */
final class PgqProducerHealthCheck implements HealthCheck {

    private static final Duration SILENCE = Duration.ofSeconds(5);
    private static final String EXISTS = "select exists (select from pgq.queue where queue_name = ?)";

    private final String id;
    private final String queue;
    private final Jdbc jdbc;
    private volatile boolean enabled = true;

    PgqProducerHealthCheck(PgqEndpoint endpoint) {
        this.id = "pgq-producer-" + endpoint.getId();
        this.queue = endpoint.getQueue();
        this.jdbc = new Jdbc(endpoint.getConfiguration().getDataSource()).silence(SILENCE);
    }

    @Override
    public String getGroup() {
        return "camel";
    }

    @Override
    public String getId() {
        return id;
    }

    @Override
    public boolean isEnabled() {
        return enabled;
    }

    @Override
    public void setEnabled(boolean enabled) {
        this.enabled = enabled;
    }

    /** A database that is away does not mean that the process must be restarted. */
    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    public Result call(Map<String, Object> options) {
        var result = HealthCheckResultBuilder.on(this).detail("queue", queue);
        if (!enabled) {
            return result.unknown().message("Disabled").build();
        }
        try {
            return jdbc.one(EXISTS, row -> row.getBoolean(1), queue)
                    ? result.up().build()
                    : result.down()
                            .message("Queue " + queue + " does not exist in this database")
                            .build();
        } catch (PgqException e) {
            return result.down()
                    .message("Queue " + queue + ": " + e.getMessage())
                    .error(e)
                    .build();
        }
    }
}
