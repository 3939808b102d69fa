package dev.londiste.pgq.component;

/** What the body of an exchange per event is. */
public enum BodyType {
    /** The event's data as it was inserted, a String. */
    TEXT,
    /** The data parsed as JSON: a Map for a row; numbers are Long or BigDecimal, never double. */
    ROW,
    /** The {@link dev.londiste.pgq.Event} itself. */
    EVENT
}
