package dev.londiste.pgq.component.failure;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.Event;
import dev.londiste.pgq.PgqConsumerClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code onFailure=FAILED_QUEUE}: the event waits in the failed queue, with the reason, until a person decides. */
final class FailedQueue implements FailurePolicy {

    private static final Logger LOG = LoggerFactory.getLogger(FailedQueue.class);

    private final PgqConsumerClient client;

    FailedQueue(PgqConsumerClient client) {
        this.client = client;
    }

    @Override
    public void failed(Batch batch, Event event, Throwable cause) {
        client.fail(batch, event.id(), BatchAborted.reason(cause));
        LOG.warn(
                "{}/{} - event {} goes to the failed queue: {}",
                batch.queue(),
                batch.consumer(),
                event.id(),
                BatchAborted.reason(cause));
    }
}
