package dev.londiste.pgq.jdbc;

import dev.londiste.pgq.jdbc.StatementWatch.Watched;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ScheduledExecutorService;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/**
 * Hands out the connections of a pool, for statements and transactions that may last long and so have no socket time-out
 * (C41). Either end notices when the other is gone: the server as {@link KeepAliveDataSource} says; and this side asks now
 * and then, by another connection of the pool, whether the session of one that is still lent is there. A connection whose
 * session has ended, or whose server does not answer, is aborted: whoever waits for it gets an exception. Thread-safe.
 */
public final class WatchedDataSource extends DelegatingDataSource {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final String PROCESS = """
            select pg_backend_pid()
            """;

    /** Whatever it does: who holds a transaction need not be at work. */
    private static final String IS_THERE = """
            select exists (select from pg_catalog.pg_stat_activity where pid = ?)
            """;

    private final DataSource given;
    private final StatementWatch watch;
    /** The driver knows its own, but a pooler in between may give it another number. */
    private final Map<PGConnection, Integer> processes = Collections.synchronizedMap(new WeakHashMap<>());

    /**
     * @param watchers runs the questions; it stays the caller's
     */
    public WatchedDataSource(DataSource pool, ScheduledExecutorService watchers) {
        this(pool, watchers, SecondConnectionWatch.INTERVAL);
    }

    WatchedDataSource(DataSource pool, ScheduledExecutorService watchers, Duration every) {
        super(new KeepAliveDataSource(pool));
        this.given = pool;
        var asking = new Jdbc(pool).silence(PATIENCE);
        this.watch = new SecondConnectionWatch(
                process -> asking.one(IS_THERE, row -> row.getBoolean(1), process), watchers, every);
    }

    /** The DataSource as it was given. */
    public static DataSource poolOf(DataSource source) {
        return source instanceof WatchedDataSource watched ? watched.given : source;
    }

    @Override
    protected Connection lent(Connection connection) throws SQLException {
        return connection.isWrapperFor(PGConnection.class)
                ? Lent.of(connection, watch.begin(connection, process(connection)))
                : connection;
    }

    private int process(Connection connection) throws SQLException {
        var physical = connection.unwrap(PGConnection.class);
        var known = processes.get(physical);
        if (known != null) {
            return known;
        }
        int process = new JdbcSession(connection).one(PROCESS, row -> row.getInt(1));
        if (!connection.getAutoCommit()) {
            connection.commit();
        }
        processes.put(physical, process);
        return process;
    }

    /** A connection that is watched until it is given back. As thread-safe as the connection. */
    private record Lent(Connection connection, Watched watched) implements InvocationHandler {

        static Connection of(Connection connection, Watched watched) {
            return (Connection) Proxy.newProxyInstance(
                    WatchedDataSource.class.getClassLoader(),
                    new Class<?>[] {Connection.class},
                    new Lent(connection, watched));
        }

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            return switch (method.getName()) {
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                case "close", "abort" -> {
                    watched.end();
                    yield invoke(method, arguments);
                }
                default -> invoke(method, arguments);
            };
        }

        private Object invoke(Method method, Object[] arguments) throws Throwable {
            try {
                return method.invoke(connection, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
    }
}
