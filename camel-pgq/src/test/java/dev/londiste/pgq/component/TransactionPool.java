package dev.londiste.pgq.component;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * Connections as a proxy that pools transactions hands them out (pgbouncer, pool_mode=transaction): each transaction runs
 * in the session that has been free for longest, and nothing of it stays there.
 */
final class TransactionPool implements AutoCloseable {

    final AtomicInteger transactions = new AtomicInteger();
    private final LinkedBlockingQueue<Connection> free = new LinkedBlockingQueue<>();

    TransactionPool(DataSource database, int sessions) throws SQLException {
        for (int i = 0; i < sessions; i++) {
            free.add(database.getConnection());
        }
    }

    DataSource dataSource() {
        return proxy(DataSource.class, (self, method, arguments) -> {
            if (method.getName().equals("getConnection")) {
                return proxy(Connection.class, new Client());
            }
            return plain(self, method);
        });
    }

    private Connection take() throws SQLException, InterruptedException {
        var session = free.poll(10, TimeUnit.SECONDS);
        if (session == null) {
            throw new SQLException("No session is free");
        }
        transactions.incrementAndGet();
        return session;
    }

    private void giveBack(Connection session) throws SQLException {
        if (!session.getAutoCommit()) {
            session.setAutoCommit(true);
        }
        try (var statement = session.createStatement()) {
            statement.execute("discard all");
        }
        free.add(session);
    }

    @Override
    public void close() throws SQLException {
        for (var session : free) {
            session.close();
        }
    }

    /** What one client believes to be its connection. */
    private final class Client implements InvocationHandler {

        private boolean autoCommit = true;
        private boolean closed;
        private Connection transaction;

        @Override
        public Object invoke(Object self, Method method, Object[] arguments) throws Throwable {
            return switch (method.getName()) {
                case "getAutoCommit" -> autoCommit;
                case "isClosed" -> closed;
                case "getNetworkTimeout" -> 0;
                case "setNetworkTimeout" -> null;
                case "setAutoCommit" -> {
                    end("commit");
                    autoCommit = (Boolean) arguments[0];
                    yield null;
                }
                case "commit", "rollback" -> {
                    end(method.getName());
                    yield null;
                }
                case "close" -> {
                    end("rollback");
                    closed = true;
                    yield null;
                }
                case "createStatement", "prepareStatement" -> statement(method, arguments);
                // The driver knows the version of the server since it connected.
                case "createArrayOf", "getMetaData" -> withAnySession(method, arguments);
                // For COPY, which goes to the session that has the transaction.
                case "unwrap" -> transaction.unwrap((Class<?>) arguments[0]);
                default -> plain(self, method);
            };
        }

        private void end(String how) throws SQLException {
            if (transaction != null) {
                var session = transaction;
                transaction = null;
                if (how.equals("commit")) {
                    session.commit();
                } else {
                    session.rollback();
                }
                giveBack(session);
            }
        }

        private Object statement(Method method, Object[] arguments) throws Throwable {
            if (autoCommit) {
                var session = take();
                var statement = (Statement) call(session, method, arguments);
                return proxy(method.getReturnType(), (self, each, values) -> {
                    var result = call(statement, each, values);
                    if (each.getName().equals("close")) {
                        giveBack(session);
                    }
                    return result;
                });
            }
            if (transaction == null) {
                transaction = take();
                transaction.setAutoCommit(false);
            }
            return call(transaction, method, arguments);
        }

        private Object withAnySession(Method method, Object[] arguments) throws Throwable {
            var session = take();
            try {
                return call(session, method, arguments);
            } finally {
                giveBack(session);
            }
        }
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static Object plain(Object self, Method method) throws SQLException {
        return switch (method.getName()) {
            case "isWrapperFor" -> false;
            case "hashCode" -> System.identityHashCode(self);
            case "equals" -> false;
            case "toString" -> "TransactionPool";
            default -> throw new SQLFeatureNotSupportedException(method.getName());
        };
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
