package dev.londiste.pgq.jdbc;

import java.sql.Connection;
import java.util.function.Supplier;

/** Looks after statements that may rightly take long, and so have no socket time-out (C41). Thread-safe. */
@FunctionalInterface
public interface StatementWatch {

    /** Nobody looks after them. */
    StatementWatch NONE = (connection, process) -> () -> {};

    /** Watches what the given server process executes for a connection, until the answer is closed. */
    Watched begin(Connection connection, int process);

    /** Runs statements of a connection, which the given server process executes, under this watch. */
    default <T> T during(Connection connection, int process, Supplier<T> statements) {
        var watched = begin(connection, process);
        try {
            return statements.get();
        } finally {
            watched.end();
        }
    }

    /** One that goes on. */
    @FunctionalInterface
    interface Watched {
        void end();
    }
}
