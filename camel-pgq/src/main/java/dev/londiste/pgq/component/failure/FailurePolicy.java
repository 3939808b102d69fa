package dev.londiste.pgq.component.failure;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.Event;

/** What happens when the exchange of an event has failed: returning means that the batch goes on without it. */
@FunctionalInterface
public interface FailurePolicy {

    FailurePolicy ABORT_BATCH = (batch, event, cause) -> {
        throw BatchAborted.at(batch, event, cause);
    };

    void failed(Batch batch, Event event, Throwable cause);
}
