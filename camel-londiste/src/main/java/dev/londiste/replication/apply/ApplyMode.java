package dev.londiste.replication.apply;

/** How an applier goes about a chunk. */
public enum ApplyMode {
    /** As net changes per key, with few statements; in order where that is needed or does not fit. */
    NET_CHANGES,
    /** Change by change, always in the order of events. */
    IN_ORDER
}
