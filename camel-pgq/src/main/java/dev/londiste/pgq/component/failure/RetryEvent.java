package dev.londiste.pgq.component.failure;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.Event;
import dev.londiste.pgq.PgqConsumerClient;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code onFailure=RETRY_EVENT}: the event comes back in a later batch, after a delay that doubles each time, until it has
 * been retried often enough; then another policy takes it.
 */
final class RetryEvent implements FailurePolicy {

    private static final Logger LOG = LoggerFactory.getLogger(RetryEvent.class);

    private static final Duration LONGEST = Duration.ofMinutes(5);

    private final PgqConsumerClient client;
    private final Duration delay;
    private final int maxRetries;
    private final FailurePolicy afterwards;

    RetryEvent(PgqConsumerClient client, Duration delay, int maxRetries, FailurePolicy afterwards) {
        this.client = client;
        this.delay = delay;
        this.maxRetries = maxRetries;
        this.afterwards = afterwards;
    }

    @Override
    public void failed(Batch batch, Event event, Throwable cause) {
        if (event.retry() >= maxRetries) {
            afterwards.failed(batch, event, cause);
            return;
        }
        var wait = delayAfter(event.retry());
        client.retry(batch, event.id(), wait);
        LOG.warn(
                "{}/{} - event {} will be retried in {}: {}",
                batch.queue(),
                batch.consumer(),
                event.id(),
                wait,
                BatchAborted.reason(cause));
    }

    Duration delayAfter(int retries) {
        var grown = delay.multipliedBy(1L << Math.min(retries, 16));
        var longest = delay.compareTo(LONGEST) > 0 ? delay : LONGEST;
        return grown.compareTo(longest) > 0 ? longest : grown;
    }
}
