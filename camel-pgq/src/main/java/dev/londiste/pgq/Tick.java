package dev.londiste.pgq;

import java.time.Instant;
import java.util.Objects;

/**
 * A tick of a queue. All three parts together are its identity: after the promotion of an asynchronous standby ids
 * repeat, with another time and snapshot (C19). Immutable.
 *
 * @param time when it was taken, in microseconds as PostgreSQL keeps it
 */
public record Tick(long id, Instant time, TxidSnapshot snapshot) {

    public Tick {
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(snapshot, "snapshot");
    }
}
