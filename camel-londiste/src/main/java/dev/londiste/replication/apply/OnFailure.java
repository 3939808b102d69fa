package dev.londiste.replication.apply;

/** What becomes of a change that the subscriber refuses. */
public enum OnFailure {
    /** The batch is given up, kept, and tried again. */
    STOP,
    /** The change waits in the table's failed queue, and so do later ones of its key (C32). */
    FAILED_QUEUE
}
