package dev.londiste.replication.sync;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.Jdbc;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stands in the way of a batch and concerns one table only: a table that cannot go on stops alone, a copy begins
 * anew, and the batch comes again without them (C01, C35, C36). Thread-safe; each is a transaction of its own.
 */
final class Obstacles {

    private static final Logger LOG = LoggerFactory.getLogger(Obstacles.class);

    /** No such table on the subscriber, columns that differ, a filter that cannot be evaluated. */
    private static final Set<String> OF_THE_TABLE = Set.of("LD001", "LD003", "LD011");

    private final Job job;
    private final TableStates states;
    private final RestartedCopies restarted;

    Obstacles(Job job, TableStates states, RestartedCopies restarted) {
        this.job = job;
        this.states = states;
        this.restarted = restarted;
    }

    /** Clears the way of a batch that failed, if its cause is such an obstacle. */
    void remove(Throwable cause) {
        for (var e = cause; e != null; e = e.getCause()) {
            if (e instanceof CopyInTheWayException copied) {
                restarted.restart(copied);
                return;
            }
            if (e instanceof PgqException failed
                    && failed.table() != null
                    && OF_THE_TABLE.contains(failed.sqlState())) {
                park(failed);
                return;
            }
        }
    }

    private void park(PgqException failed) {
        new Jdbc(job.subscriber()).inTransaction(session -> {
            states.all(session).stream()
                    .filter(table -> table.name().equals(failed.table()))
                    .forEach(table -> states.park(session, table, failed.getMessage()));
            return null;
        });
        LOG.error(
                "{}/{} - {}: parked, SUBSCRIBER_RESYNC brings it back: {}",
                job.queue(),
                job.consumer(),
                failed.table(),
                failed.getMessage());
    }
}
