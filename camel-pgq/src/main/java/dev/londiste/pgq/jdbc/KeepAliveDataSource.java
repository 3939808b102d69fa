package dev.londiste.pgq.jdbc;

import dev.londiste.pgq.PgqException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands out the connections of a pool, whose sessions the server ends within 30 seconds when their client has vanished, so
 * that its locks and transactions are free again (C17). The server is told once for each physical connection, which
 * costs nothing afterwards; what it is told changes no result of any statement and stays when the pool gets the
 * connection back. Thread-safe.
 */
public final class KeepAliveDataSource extends DelegatingDataSource {

    private static final Logger LOG = LoggerFactory.getLogger(KeepAliveDataSource.class);

    /** The check of the client during long statements is not to be had on every platform. */
    private static final String SETTINGS = """
            select set_config('tcp_keepalives_idle', '5', false), set_config('tcp_keepalives_interval', '5', false),
                   set_config('tcp_keepalives_count', '3', false), set_config('tcp_user_timeout', '15000', false),
                   case when version() ~ 'linux' then set_config('client_connection_check_interval', '5000', false) end
            """;

    private final Set<PGConnection> told = Collections.newSetFromMap(Collections.synchronizedMap(new WeakHashMap<>()));
    private final AtomicBoolean warned = new AtomicBoolean();

    public KeepAliveDataSource(DataSource pool) {
        super(pool);
    }

    @Override
    protected Connection lent(Connection connection) throws SQLException {
        try {
            if (!connection.isWrapperFor(PGConnection.class)) {
                warn("the pool hides the driver's connections");
            } else if (told.add(connection.unwrap(PGConnection.class))) {
                tell(connection);
            }
            return connection;
        } catch (SQLException | RuntimeException e) {
            try (connection) {
                throw e;
            }
        }
    }

    private void tell(Connection connection) throws SQLException {
        try {
            new JdbcSession(connection).query(SETTINGS, row -> null);
        } catch (PgqException e) {
            if (Jdbc.isTransient(e)) {
                throw e;
            }
            warn(e.getMessage());
        }
        if (!connection.getAutoCommit()) {
            // Rolled back, the settings would be gone.
            connection.commit();
        }
    }

    private void warn(String why) {
        if (warned.compareAndSet(false, true)) {
            LOG.warn(
                    "{} - the server cannot be told to notice dead clients ({}): set tcp_keepalives_idle,"
                            + " tcp_keepalives_interval, tcp_keepalives_count, tcp_user_timeout and"
                            + " client_connection_check_interval for the role (alter role .. set ..), or a stand-by may wait"
                            + " for hours for the locks of a machine that is gone",
                    pool(),
                    why);
        }
    }
}
