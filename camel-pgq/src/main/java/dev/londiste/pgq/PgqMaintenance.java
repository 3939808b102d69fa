package dev.londiste.pgq;

import dev.londiste.pgq.jdbc.Identifiers;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.pgq.jdbc.JdbcSession;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What keeps the queues of a database small: rotation, retried events, vacuum. Safe to run from any number of processes
 * at once. Thread-safe; each operation is a transaction of its own, since the two steps of a rotation must be.
 */
public final class PgqMaintenance {

    private static final Logger LOG = LoggerFactory.getLogger(PgqMaintenance.class);

    private static final String OPERATIONS = "select func_name, func_arg from pgq.maint_operations()";
    private static final String RETRY_EVENTS = "select pgq.maint_retry_events()";

    private final Jdbc jdbc;

    public PgqMaintenance(DataSource database) {
        this.jdbc = new Jdbc(database);
    }

    /** Runs all that is due. One operation that fails does not keep the others from running; the first failure is thrown. */
    public List<Operation> run() {
        return new QueueErrors("*", null).explained(() -> jdbc.inAutoCommit(this::run));
    }

    private List<Operation> run(JdbcSession session) {
        var due = session.query(OPERATIONS, row -> new Operation(row.getString(1), row.getString(2)));
        var done = new ArrayList<Operation>();
        PgqException failure = null;
        for (var operation : due) {
            try {
                operation.run(session);
                done.add(operation);
            } catch (PgqException e) {
                LOG.warn("{}({}) - failed: {}", operation.function(), operation.argument(), e.getMessage());
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
        if (retryEvents(session) > 0) {
            done.add(new Operation("pgq.maint_retry_events", null));
        }
        return done;
    }

    /**
     * Moves events whose time to be retried has come back into their queues; how many. The function brings back only so many at a
     * time.
     */
    private static int retryEvents(JdbcSession session) {
        int all = 0;
        int some;
        do {
            some = session.one(RETRY_EVENTS, row -> row.getInt(1));
            all += some;
        } while (some > 0);
        return all;
    }

    /** One function call, or {@code vacuum} of one table. */
    public record Operation(String function, String argument) {

        private void run(JdbcSession session) {
            if (function.equalsIgnoreCase("vacuum")) {
                session.execute("vacuum " + Identifiers.qualified(argument.split("\\.")));
            } else if (argument == null) {
                session.query("select " + name() + "()", row -> null);
            } else {
                session.query("select " + name() + "(?)", row -> null, argument);
            }
        }

        private String name() {
            return Identifiers.qualified(function.split("\\."));
        }
    }
}
