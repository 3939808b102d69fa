package dev.londiste.replication.verify;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Has two servers work at the same time: one by another thread, one by the caller's. Thread-safe. */
final class BothSides {

    private final Executor executor;

    BothSides(Executor executor) {
        this.executor = executor;
    }

    /** Returns, or throws, only when both have ended: their connections can be used again. */
    <T> Both<T> together(Supplier<T> provider, Supplier<T> subscriber) {
        var other = CompletableFuture.supplyAsync(provider, executor);
        try {
            T here = subscriber.get();
            return new Both<>(joined(other), here);
        } finally {
            other.exceptionally(e -> null).join();
        }
    }

    private static <T> T joined(CompletableFuture<T> other) {
        try {
            return other.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** What both have answered. */
    record Both<T>(T provider, T subscriber) {}
}
