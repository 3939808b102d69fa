package dev.londiste.replication.apply;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Runs work beside its caller, one piece at a time: while the database is busy with a chunk, the caller reads the next.
 * What the work touches is the work's alone until {@link #await} returns. Used by one thread; a piece of work has a thread
 * of its own, that ends with it.
 */
final class BesideCaller {

    private FutureTask<Void> running;

    /** Waits for the work before this, and fails as it did. */
    void start(Runnable work) {
        await();
        running = new FutureTask<>(work, null);
        var thread = new Thread(running, Thread.currentThread().getName() + " apply");
        thread.setDaemon(true);
        thread.start();
    }

    /** Returns when nothing runs; fails as the work did, once. */
    void await() {
        if (running == null) {
            return;
        }
        var awaited = running;
        running = null;
        try {
            uninterruptibly(awaited);
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        }
    }

    /** Returns when nothing runs, whatever became of it. */
    void settle() {
        if (running == null) {
            return;
        }
        var awaited = running;
        running = null;
        try {
            uninterruptibly(awaited);
        } catch (ExecutionException givenUp) {
            // The caller gives up the transaction, and has the failure or never asked for it.
            return;
        }
    }

    /** The connection cannot be handed back while a statement runs on it, interrupted or not. */
    private static void uninterruptibly(FutureTask<Void> task) throws ExecutionException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    task.get();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException failure(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
    }
}
