package dev.londiste.pgq;

import java.time.Instant;

/**
 * An event of a queue, as it was inserted. Immutable.
 *
 * @param txid the transaction that inserted it
 * @param retry how often it has been retried; 0 the first time
 */
public record Event(
        long id,
        Instant time,
        long txid,
        int retry,
        String type,
        String data,
        String extra1,
        String extra2,
        String extra3,
        String extra4) {

    /** Names the event without its content, which may not be logged. */
    @Override
    public String toString() {
        return "Event[id=" + id + ", type=" + type + ", txid=" + txid + ", retry=" + retry + "]";
    }
}
