package dev.londiste.replication.sync;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.jdbc.JdbcSession;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the provider's removals: an event of type T names a table that is no longer captured, and the subscriber
 * unregisters it in the transaction of the batch (C20). Stateless and thread-safe.
 */
final class RemovedTables {

    private static final Logger LOG = LoggerFactory.getLogger(RemovedTables.class);

    private static final String TYPE = "T";

    private static final String UNREGISTERED = """
            select * from londiste.unregistered_by(?, ?, ?, ?)
            """;

    private static final String REMOVE = """
            select londiste.remove_subscriber_table(?, ?, ?)
            """;

    private final Job job;

    RemovedTables(Job job) {
        this.job = job;
    }

    static boolean concerns(Event event) {
        return TYPE.equals(event.type());
    }

    /** The tables that the event takes from this subscriber. */
    List<String> named(JdbcSession session, Event event) {
        return session.query(
                UNREGISTERED, row -> row.getString(1), job.queue(), event.data(), event.extra1(), event.txid());
    }

    void remove(JdbcSession session, List<String> tables) {
        for (var table : tables) {
            session.one(REMOVE, row -> true, job.consumer(), job.queue(), table);
            LOG.info("{}/{} - {}: removed by the provider", job.queue(), job.consumer(), table);
        }
    }
}
