package dev.londiste.replication.follow;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;

/** A connection to a followed provider, whose statements call the functions of their own session. As thread-safe as the connection. */
final class FollowedConnection implements InvocationHandler {

    private final Connection connection;
    private final String queue;

    private FollowedConnection(Connection connection, String queue) {
        this.connection = connection;
        this.queue = queue;
    }

    static boolean is(Connection connection) {
        return Proxy.isProxyClass(connection.getClass())
                && Proxy.getInvocationHandler(connection) instanceof FollowedConnection;
    }

    static Connection of(Connection connection, String queue) {
        return (Connection) Proxy.newProxyInstance(
                FollowedConnection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                new FollowedConnection(connection, queue));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getName().startsWith("prepare")) {
            arguments[0] = translated((String) arguments[0]);
        }
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private String translated(String statement) throws SQLException {
        var missing = FollowedSql.SHARED.missing(statement);
        if (!missing.isEmpty()) {
            throw new SQLException(
                    "Queue " + queue
                            + " of the provider is filled by triggers of SkyTools, PgQ or Londiste 3, which are"
                            + " followed as they are: what changes the provider (here " + missing.get(0)
                            + ") is done with its own tools, or after PROVIDER_INSTALL and PROVIDER_ADD with ours",
                    "LD010");
        }
        return FollowedSql.SHARED.translated(statement);
    }
}
