package dev.londiste.pgq.component.failure;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.Event;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code onFailure=SKIP}: the event is lost, the log says which and why. */
final class Skip implements FailurePolicy {

    private static final Logger LOG = LoggerFactory.getLogger(Skip.class);

    @Override
    public void failed(Batch batch, Event event, Throwable cause) {
        LOG.warn(
                "{}/{} - event {} is skipped: {}",
                batch.queue(),
                batch.consumer(),
                event.id(),
                BatchAborted.reason(cause));
    }
}
