package dev.londiste.pgq.jdbc;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Runs work beside its caller, one piece at a time: while a database is busy, the caller does something else. What the work
 * touches is the work's alone until {@link #await} returns. Used by one thread; a piece of work has a thread of its own, that
 * ends with it.
 */
public final class BesideCaller<T> {

    private final String name;
    private FutureTask<T> running;

    /**
     * @param name what the work is, for the names of threads
     */
    public BesideCaller(String name) {
        this.name = name;
    }

    /** Waits for the work before this, and fails as it did. */
    public void start(Supplier<T> work) {
        await();
        running = new FutureTask<>(work::get);
        var thread = new Thread(running, Thread.currentThread().getName() + " " + name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Whether work was started that nobody has awaited yet. */
    public boolean isRunning() {
        return running != null;
    }

    /** Returns what the work returned, null when none was started; fails as the work did, once. */
    public T await() {
        if (running == null) {
            return null;
        }
        var awaited = running;
        running = null;
        try {
            return uninterruptibly(awaited);
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        }
    }

    /** Returns when nothing runs, whatever became of it. */
    public void settle() {
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
    private static <T> T uninterruptibly(FutureTask<T> task) throws ExecutionException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
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
