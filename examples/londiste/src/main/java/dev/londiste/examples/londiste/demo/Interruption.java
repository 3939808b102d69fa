package dev.londiste.examples.londiste.demo;

/**
 * Ctrl-C. Nothing has to be saved: the servers, which are the demo's own, end by a hook of theirs while the routes still
 * run, and what those then say is no news. Thread-safe.
 */
final class Interruption {

    private volatile boolean happened;

    private Interruption() {}

    static Interruption register() {
        var interruption = new Interruption();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> interruption.happened = true, "ctrl-c"));
        return interruption;
    }

    boolean happened() {
        return happened;
    }
}
