package dev.londiste.pgq.component;

import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.apache.camel.component.jdbc.ConnectionStrategy;

/**
 * Lets INSERT_EVENT take part in the JTA transaction of its thread. The DataSource must enlist its connections itself, as
 * those of Quarkus (Agroal), Atomikos and application servers do. All exchanges of one transaction share one connection,
 * which is given back when the transaction ends. Thread-safe. It begins and ends no transaction.
 */
public final class JtaConnectionStrategy implements ConnectionStrategy {

    private final TransactionSynchronizationRegistry transactions;

    public JtaConnectionStrategy(TransactionSynchronizationRegistry transactions) {
        this.transactions = transactions;
    }

    @Override
    public Connection getConnection(DataSource database) throws SQLException {
        if (!isInTransaction()) {
            return database.getConnection();
        }
        var key = new Key(database);
        var held = (Connection) transactions.getResource(key);
        if (held != null) {
            return held;
        }
        var connection = database.getConnection();
        boolean shared = false;
        try {
            transactions.registerInterposedSynchronization(new GiveBack(connection));
            transactions.putResource(key, connection);
            shared = true;
            return connection;
        } finally {
            if (!shared) {
                connection.close();
            }
        }
    }

    @Override
    public boolean isConnectionTransactional(Connection connection, DataSource database) {
        return isInTransaction() && transactions.getResource(new Key(database)) == connection;
    }

    private boolean isInTransaction() {
        int status = transactions.getTransactionStatus();
        return status == Status.STATUS_ACTIVE || status == Status.STATUS_MARKED_ROLLBACK;
    }

    /** The transaction keeps resources of many owners by equality; ours are by this class and this very DataSource. */
    private record Key(DataSource database) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && key.database == database;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(database);
        }
    }

    /** Before a commit, so that the pool gets its connection back in order; a rollback calls only the second. */
    private record GiveBack(Connection connection) implements Synchronization {
        @Override
        public void beforeCompletion() {
            close();
        }

        @Override
        public void afterCompletion(int status) {
            close();
        }

        private void close() {
            try {
                if (!connection.isClosed()) {
                    connection.close();
                }
            } catch (SQLException e) {
                throw new IllegalStateException("A connection could not be given back: " + e.getMessage(), e);
            }
        }
    }
}
