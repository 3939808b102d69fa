package dev.londiste.pgq;

import dev.londiste.pgq.PgqException.Facts;
import java.util.function.Supplier;

/** Says what is wrong with one queue or consumer in a sentence that names the way out. Immutable. */
final class QueueErrors {

    private static final String ALL_QUEUES = "*";

    private final Facts facts;

    QueueErrors(String queue, String consumer) {
        this.facts = Facts.of(queue, consumer);
    }

    <T> T explained(Supplier<T> work) {
        try {
            return work.get();
        } catch (PgqException e) {
            throw explain(e);
        }
    }

    private PgqException explain(PgqException e) {
        if (e.queue() != null || e.sqlState() == null) {
            return e;
        }
        var known = facts.sqlState(e.sqlState());
        return switch (e.sqlState()) {
            case SqlStates.NO_SUCH_QUEUE ->
                new PgqException(
                        "Queue " + facts.queue()
                                + " does not exist in this database: check the name, or create it with operation"
                                + " CREATE_QUEUE or autoCreateQueue=true",
                        known,
                        e);
            case SqlStates.NOT_REGISTERED ->
                new PgqException(about() + " is not registered: use operation REGISTER or register=true", known, e);
            case SqlStates.UNDEFINED_SCHEMA, SqlStates.UNDEFINED_FUNCTION ->
                new PgqException(
                        "PgQ is not installed in this database, or older than this program needs: use operation"
                                + " INSTALL or autoInstall=true, or run: cat sql/pgq/*.sql | psql -1 (" + e.getMessage()
                                + ")",
                        facts.sqlState(SqlStates.NOT_INSTALLED),
                        e);
            case SqlStates.LOST_POSITION ->
                new LostPositionException(
                        about() + " has lost its position, the events after it may be gone: " + e.getMessage(),
                        known,
                        e);
            case SqlStates.READ_ONLY ->
                new PgqException(
                        about() + " cannot work on this server, which is a standby or read-only: name the primary ("
                                + e.getMessage() + ")",
                        known,
                        e);
            // What concerns no queue more than another needs none named.
            default ->
                ALL_QUEUES.equals(facts.queue()) ? e : new PgqException(about() + ": " + e.getMessage(), known, e);
        };
    }

    private String about() {
        if (ALL_QUEUES.equals(facts.queue())) {
            return "The queues of this database";
        }
        return facts.consumer() == null
                ? "Queue " + facts.queue()
                : "Consumer " + facts.consumer() + " of queue " + facts.queue();
    }
}
