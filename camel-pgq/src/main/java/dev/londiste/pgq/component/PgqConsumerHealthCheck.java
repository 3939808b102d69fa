package dev.londiste.pgq.component;

import java.time.Duration;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.support.ScheduledPollConsumerHealthCheck;

/**
 * Down while polls fail or the server does not answer one, whatever the pool waits for, and not ready while the lag exceeds
 * {@code lagThreshold}. A stand-by is up.
 */
final class PgqConsumerHealthCheck extends ScheduledPollConsumerHealthCheck {

    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(20);

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
        if (consumer.silence().compareTo(LONGEST_SILENCE) > 0) {
            builder.down()
                    .message("The database of queue " + consumer.getQueue() + " has not answered consumer "
                            + consumer.getConsumerName() + " for "
                            + consumer.silence().toSeconds() + " s");
        } else if (isLagging(options) && polling.getState() == State.UP) {
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
