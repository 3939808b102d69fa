package dev.londiste.pgq.component;

import java.time.Duration;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.support.ScheduledPollConsumerHealthCheck;

/**
 * Down while polls fail, and not ready while the lag exceeds {@code lagThreshold}: also when a poll hangs, since the lag
 * grows then. A stand-by is up.
 */
final class PgqConsumerHealthCheck extends ScheduledPollConsumerHealthCheck {

    private final PgqConsumer consumer;
    private final Duration lagThreshold;

    PgqConsumerHealthCheck(PgqConsumer consumer, String id, Duration lagThreshold) {
        super(consumer, id);
        this.consumer = consumer;
        this.lagThreshold = lagThreshold;
    }

    @Override
    public Result call(Map<String, Object> options) {
        var polling = super.call(options);
        var builder = HealthCheckResultBuilder.on(this)
                .state(polling.getState())
                .message(polling.getMessage().orElse(null))
                .error(polling.getError().orElse(null))
                .details(polling.getDetails());
        builder.detail("queue", consumer.getQueue());
        builder.detail("consumer", consumer.getConsumerName());
        builder.detail("role", consumer.getRole());
        if (consumer.getBatchId() != null) {
            builder.detail("batch", consumer.getBatchId());
        }
        builder.detail("batch.age.seconds", consumer.getBatchAgeSeconds());
        builder.detail("lag.seconds", consumer.getLagSeconds());
        if (isLagging(options) && polling.getState() == State.UP) {
            builder.down()
                    .message("Consumer " + consumer.getConsumerName() + " of queue " + consumer.getQueue() + " lags "
                            + consumer.getLagSeconds() + " s, more than lagThreshold");
        }
        return builder.build();
    }

    private boolean isLagging(Map<String, Object> options) {
        return lagThreshold != null
                && options.getOrDefault(CHECK_KIND, Kind.ALL) != Kind.LIVENESS
                && consumer.getLagSeconds() > lagThreshold.toMillis() / 1000.0;
    }
}
