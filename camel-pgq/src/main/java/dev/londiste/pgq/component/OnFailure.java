package dev.londiste.pgq.component;

/** What the consumer does when an exchange has failed and Camel's error handler is done with it. */
public enum OnFailure {
    /** Leave the batch open and begin it again after {@code retryDelay}. */
    ABORT_BATCH,
    /** Put the event back into the queue, and into the failed queue after {@code maxRetries}; go on with the next. */
    RETRY_EVENT,
    /** Put the event into the failed queue and go on with the next. */
    FAILED_QUEUE,
    /** Log it and go on with the next. */
    SKIP
}
