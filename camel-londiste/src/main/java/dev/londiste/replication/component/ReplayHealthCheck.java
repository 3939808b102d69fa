package dev.londiste.replication.component;

import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.Replay;
import java.util.Map;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckResultBuilder;

/**
 * Not ready while the last batch failed or a table is parked. A stand-by is up. The lag is in the check of the pgq:
 * consumer that feeds the replay.
 */
final class ReplayHealthCheck implements HealthCheck {

    private final Job job;
    private final Replay replay;
    private volatile boolean enabled = true;

    ReplayHealthCheck(Job job, Replay replay) {
        this.job = job;
        this.replay = replay;
    }

    @Override
    public String getGroup() {
        return "londiste";
    }

    @Override
    public String getId() {
        return "londiste:" + job.name();
    }

    @Override
    public boolean isEnabled() {
        return enabled;
    }

    @Override
    public void setEnabled(boolean enabled) {
        this.enabled = enabled;
    }

    /** A restart helps neither a table that has drifted nor a batch that cannot be applied. */
    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    public Result call(Map<String, Object> options) {
        var figures = replay.statistics().snapshot();
        var builder = HealthCheckResultBuilder.on(this)
                .detail("job", job.name())
                .detail("queue", job.queue())
                .detail("role", figures.role())
                .detail("tables", figures.tablesByState())
                .detail("parked", figures.parked());
        if (figures.lastError() != null) {
            return builder.down()
                    .message("Job " + job.name() + " cannot apply a batch: " + figures.lastError())
                    .build();
        }
        if (!figures.parked().isEmpty()) {
            return builder.down()
                    .message("Job " + job.name() + " has parked tables: "
                            + String.join(", ", figures.parked().keySet()))
                    .build();
        }
        return builder.up().build();
    }
}
