package dev.londiste.examples.londiste.daemon;

/** The signals that a daemon listens to, with the meaning that Londiste's manual page gives them. */
public enum DaemonSignal {
    /** Read the configuration again. */
    HUP,
    /** Finish the batch in hand, then stop. */
    INT,
    /** Stop at once: the batch in hand comes again. */
    TERM
}
