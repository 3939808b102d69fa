package dev.londiste.replication.sync;

import dev.londiste.pgq.jdbc.BorrowedConnection;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.pgq.jdbc.KeepAliveDataSource;
import java.sql.Connection;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * One open transaction on a connection of its own, with the settings that replication needs whatever the role or
 * database has set. Not thread-safe. Closing without commit rolls back.
 */
public final class OpenTransaction implements AutoCloseable {

    /**
     * Row security makes a statement see only some rows; off makes it an error (C34). The guard that keeps others from
     * writing to a subscriber's tables lets us pass. Time-outs of the role would end
     * long transactions of ours; a peer that is gone is noticed by keepalive instead (C17, C41). Without array_nulls the
     * nulls in arrays that we send would be words. None of these statements takes a snapshot, so the transaction's first
     * query does.
     */
    private static final String SETTINGS = """
            set transaction isolation level %s;
            set local row_security = off;
            set local statement_timeout = 0;
            set local idle_in_transaction_session_timeout = 0;
            set local londiste.allow_writes = on;
            set local array_nulls = on;
            set local tcp_keepalives_idle = 10;
            set local tcp_keepalives_interval = 5;
            set local tcp_keepalives_count = 3;
            set local tcp_user_timeout = 25000;
            set local lock_timeout = %d;
            """;

    /** Not known everywhere, and as a query only for transactions whose snapshot may be taken at once; others have it of their session. */
    private static final String NOTICE_DEAD_CLIENT = """
            select case when version() ~ 'linux' then set_config('client_connection_check_interval', '10s', true) end
            """;

    private static final String LOCK_TIMEOUT = """
            set local lock_timeout = %d
            """;

    /** The same as {@link #readCommitted} sets, as the beginning of a text of several statements; two results. */
    static final String READ_COMMITTED = """
            set transaction isolation level read committed;
            select set_config('row_security', 'off', true), set_config('statement_timeout', '0', true),
                   set_config('idle_in_transaction_session_timeout', '0', true),
                   case when current_setting('transaction_timeout', true) is not null
                       then set_config('transaction_timeout', '0', true) end,
                   set_config('tcp_keepalives_idle', '10', true), set_config('tcp_keepalives_interval', '5', true),
                   set_config('tcp_keepalives_count', '3', true), set_config('tcp_user_timeout', '25000', true),
                   set_config('londiste.allow_writes', 'on', true), set_config('array_nulls', 'on', true),
                   case when version() ~ 'linux' then set_config('client_connection_check_interval', '10s', true) end,
                   set_config('lock_timeout', ?, true)""";

    private final BorrowedConnection connection;

    private OpenTransaction(BorrowedConnection connection) {
        this.connection = connection;
    }

    /** READ COMMITTED. */
    public static OpenTransaction readCommitted(DataSource source, Duration lockTimeout) {
        return begin(source, SETTINGS.formatted("read committed", lockTimeout.toMillis()), NOTICE_DEAD_CLIENT);
    }

    /** Not begun yet: the first statements must be {@link #READ_COMMITTED}, and go in one round trip with what follows. */
    static OpenTransaction toBeBegun(DataSource source) {
        return begin(source, "", "");
    }

    /** REPEATABLE READ; its first query takes the snapshot, and whatever has to be asked was asked before it began. */
    public static OpenTransaction repeatableRead(DataSource source, Duration lockTimeout) {
        return begin(
                new KeepAliveDataSource(source), SETTINGS.formatted("repeatable read", lockTimeout.toMillis()), "");
    }

    private static OpenTransaction begin(DataSource source, String settings, String more) {
        var connection = BorrowedConnection.from(source);
        boolean begun = false;
        try {
            connection.autoCommit(false).silence(Duration.ZERO);
            if (!settings.isEmpty()) {
                connection.session().execute(settings + connection.lasting() + more);
            }
            begun = true;
            return new OpenTransaction(connection);
        } finally {
            if (!begun) {
                connection.close();
            }
        }
    }

    public JdbcSession session() {
        return connection.session();
    }

    public Connection connection() {
        return connection.connection();
    }

    public void lockTimeout(Duration timeout) {
        session().execute(LOCK_TIMEOUT.formatted(timeout.toMillis()));
    }

    /** Commits, and gives the connection back. */
    public void commit() {
        try (connection) {
            connection.commit();
        }
    }

    /** Rolls back unless it was committed. */
    @Override
    public void close() {
        connection.close();
    }
}
