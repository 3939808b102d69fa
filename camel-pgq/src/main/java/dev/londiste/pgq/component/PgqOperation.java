package dev.londiste.pgq.component;

/** What a producer does with an exchange. */
public enum PgqOperation {
    /** Insert the body as one event, or as many when it is a list. */
    INSERT_EVENT,
    /** Create the queue unless it exists. */
    CREATE_QUEUE,
    /** Drop the queue; fails while consumers are registered, or captured tables need it. */
    DROP_QUEUE,
    /** Set the queue parameters in the body, a Map: those of PgQ, and `max_consumer_lag` (2 days, 50 GB, off). */
    CONFIGURE_QUEUE,
    /** Register the consumer at the last tick unless it is registered. */
    REGISTER,
    /** Unregister the consumer: its position and its open batch are given up. */
    UNREGISTER,
    /** Tick if it is time. */
    TICK,
    /** Tick at once. */
    FORCE_TICK,
    /** Rotate, bring back retried events, vacuum: whatever is due in the database. */
    MAINTAIN,
    /** The state of the queue. */
    QUEUE_INFO,
    /** The state of the consumers of the queue. */
    CONSUMER_INFO,
    /** The events that the consumer has given up, with reasons. */
    FAILED_EVENTS,
    /** Put failed events, whose ids are the body, back into the queue. */
    RETRY_FAILED,
    /** Delete failed events, whose ids are the body. */
    DELETE_FAILED,
    /** Who ticks, what the events take on disk, and who keeps them from being rotated away. */
    STATUS,
    /** Install or upgrade the PgQ SQL in the database. */
    INSTALL
}
