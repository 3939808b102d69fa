package dev.londiste.pgq.component.produce;

import dev.londiste.pgq.NewEvent;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.pgq.component.PgqConfiguration;
import dev.londiste.pgq.component.PgqConstants;
import dev.londiste.pgq.jdbc.BorrowedConnection;
import dev.londiste.pgq.jdbc.JdbcSession;
import java.util.List;
import org.apache.camel.Message;
import org.apache.camel.component.jdbc.ConnectionStrategy;
import org.apache.camel.component.jdbc.DefaultConnectionStrategy;

/**
 * Inserts the events of a message in one statement: in the caller's transaction when the connection strategy says that
 * there is one, else in a transaction of its own. Thread-safe.
 */
public final class Inserter {

    private final PgqConfiguration configuration;
    private final ConnectionStrategy connections;
    private final EventsOfMessage events;

    public Inserter(PgqConfiguration configuration) {
        this.configuration = configuration;
        this.connections = configuration.getConnectionStrategy() == null
                ? new DefaultConnectionStrategy()
                : configuration.getConnectionStrategy();
        this.events = new EventsOfMessage(configuration);
    }

    /** Leaves the body as it is; the ids go into a header. */
    public void insert(String queue, Message message) throws Exception {
        var body = message.getBody();
        var all = events.of(message);
        var ids = all.isEmpty() ? List.<Long>of() : insert(queue, all);
        boolean many = EventsOfMessage.isMany(body);
        message.setHeader(PgqConstants.EVENT_ID, many ? ids : ids.get(0));
    }

    private List<Long> insert(String name, List<NewEvent> all) throws Exception {
        var database = configuration.getDataSource();
        var queue = new PgqQueue(database, name);
        var connection = connections.getConnection(database);
        if (connections.isConnectionTransactional(connection, database)) {
            // Ending it, or giving it back, is up to whoever began the transaction.
            return queue.insert(new JdbcSession(connection), all);
        }
        try (var borrowed = BorrowedConnection.of(connection).autoCommit(false)) {
            var ids = queue.insert(borrowed.session(), all);
            borrowed.commit();
            return ids;
        }
    }
}
