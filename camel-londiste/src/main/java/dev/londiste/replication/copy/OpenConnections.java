package dev.londiste.replication.copy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections that a worker is using, so that another thread can break them: a statement that runs for hours hears
 * nothing else. Thread-safe.
 */
final class OpenConnections {

    private static final Logger LOG = LoggerFactory.getLogger(OpenConnections.class);

    private final List<Connection> open = new ArrayList<>();
    private boolean broken;

    synchronized void use(Connection... connections) {
        open.addAll(List.of(connections));
        if (broken) {
            abort();
        }
    }

    synchronized void release() {
        open.clear();
    }

    /** Breaks what is open, and whatever is used from now on. */
    synchronized void abort() {
        broken = true;
        for (var connection : open) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("connection could not be broken", e);
            }
        }
    }

    synchronized boolean isBroken() {
        return broken;
    }
}
