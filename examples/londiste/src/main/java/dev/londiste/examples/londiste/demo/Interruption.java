package dev.londiste.examples.londiste.demo;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ctrl-C: interrupts the thread that registered it and lets it clean up before the JVM ends. Thread-safe. */
final class Interruption {

    private static final int SECONDS_TO_CLEAN_UP = 20;

    private final CountDownLatch cleanedUp = new CountDownLatch(1);
    private volatile boolean happened;

    private Interruption() {}

    /** For the calling thread. */
    static Interruption register() {
        var interruption = new Interruption();
        var working = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> interruption.stop(working), "ctrl-c"));
        return interruption;
    }

    boolean happened() {
        return happened;
    }

    /** Ends the JVM, unless it is ending already. */
    void exit(int code) {
        boolean ending = happened;
        cleanedUp.countDown();
        if (!ending) {
            System.exit(code);
        }
    }

    private void stop(Thread working) {
        if (cleanedUp.getCount() == 0) {
            return;
        }
        happened = true;
        working.interrupt();
        try {
            if (!cleanedUp.await(SECONDS_TO_CLEAN_UP, TimeUnit.SECONDS)) {
                System.err.println("The demo did not stop in time.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
