package dev.londiste.pgq.component;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.JdbcSession;
import java.sql.Connection;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.apache.camel.component.jdbc.ConnectionStrategy;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.support.service.ServiceSupport;

/**
 * Remembers which events of the batch in hand have reached another PostgreSQL database, in pgq_ext there, in the very
 * transaction in which the route writes there: exactly once. It keeps no more than the last batch of each consumer.
 *
 * <p>It must be used inside a transacted route, with a connection strategy that takes part in its transaction; without one
 * it refuses to work, since what it remembered would outlive work that was rolled back. It refuses workers that share a
 * consumer ({@code subconsumer}), too. Thread-safe.
 */
public class PgqIdempotentRepository extends ServiceSupport implements IdempotentRepository {

    private static final String DONE = "select pgq_ext.is_event_done(?, ?, ?)";
    private static final String SET_DONE = "select pgq_ext.set_event_done(?, ?, ?)";

    private final DataSource target;
    private final ConnectionStrategy connections;

    public PgqIdempotentRepository(DataSource target, ConnectionStrategy connections) {
        this.target = target;
        this.connections = connections;
    }

    @Override
    public boolean add(Exchange exchange, String key) {
        return ask(SET_DONE, exchange);
    }

    @Override
    public boolean contains(Exchange exchange, String key) {
        return ask(DONE, exchange);
    }

    /** The rollback of the transaction has done it. */
    @Override
    public boolean remove(Exchange exchange, String key) {
        return true;
    }

    /** The commit of the transaction does it. */
    @Override
    public boolean confirm(Exchange exchange, String key) {
        return true;
    }

    private boolean ask(String sql, Exchange exchange) {
        var event = exchange.getProperty(PgqConstants.EVENT, Event.class);
        var message = exchange.getMessage();
        var batch = message.getHeader(PgqConstants.BATCH_ID, Long.class);
        if (event == null || batch == null) {
            throw new PgqException(
                    "PgqIdempotentRepository needs exchanges of a pgq: consumer with an exchange per event");
        }
        refuseWorkers(exchange);
        var consumer = message.getHeader(PgqConstants.QUEUE) + "/" + message.getHeader(PgqConstants.CONSUMER);
        return new JdbcSession(connection()).one(sql, row -> row.getBoolean(1), consumer, batch, event.id());
    }

    /**
     * It forgets a batch when the next one begins. Workers have several batches open at once, and a batch may go from one to
     * another: whatever is forgotten then, some worker would do again.
     */
    private static void refuseWorkers(Exchange exchange) {
        if (exchange.getFromEndpoint() instanceof PgqEndpoint from
                && from.getConfiguration().getSubconsumer() != null) {
            throw new PgqException("PgqIdempotentRepository cannot serve worker "
                    + from.getConfiguration().getSubconsumer() + " of queue " + from.getQueue()
                    + ": workers share a consumer and would forget each other's events. Use maxInFlight instead of"
                    + " subconsumer, or a repository in the same transaction that keeps every event id");
        }
    }

    /** It belongs to the transaction, which gives it back. */
    private Connection connection() {
        Connection connection;
        try {
            connection = connections.getConnection(target);
            if (connections.isConnectionTransactional(connection, target)) {
                return connection;
            }
            connection.close();
        } catch (Exception e) {
            throw new PgqException("PgqIdempotentRepository gets no connection: " + e.getMessage(), e);
        }
        throw new PgqException("PgqIdempotentRepository needs a transaction: put it after transacted(), and give it the"
                + " connection strategy of that transaction's manager");
    }

    @Override
    public boolean add(String key) {
        throw withoutExchange();
    }

    @Override
    public boolean contains(String key) {
        throw withoutExchange();
    }

    @Override
    public boolean remove(String key) {
        return true;
    }

    @Override
    public boolean confirm(String key) {
        return true;
    }

    /** Refused: it would make duplicates of the batch in hand. */
    @Override
    public void clear() {
        throw new UnsupportedOperationException(
                "What PgqIdempotentRepository knows is needed until the batch is finished");
    }

    private static UnsupportedOperationException withoutExchange() {
        return new UnsupportedOperationException("PgqIdempotentRepository works on exchanges of a pgq: consumer only");
    }
}
