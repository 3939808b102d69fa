package dev.londiste.replication.testing;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;
import org.postgresql.copy.CopyOut;
import org.postgresql.core.BaseConnection;

/** A DataSource whose connections tell an observer of each statement, commit and COPY, which it may let happen or not. */
public final class WatchedConnections implements DataSource {

    private static final Set<String> STATEMENTS = Set.of("createStatement", "prepareStatement", "prepareCall");

    private final DataSource real;
    private final Observer observer;

    public WatchedConnections(DataSource real, Observer observer) {
        this.real = real;
        this.observer = observer;
    }

    @Override
    public Connection getConnection() throws SQLException {
        var connection = observer.around(0, "connect", real::getConnection);
        return watched(connection, connection.unwrap(PGConnection.class).getBackendPID());
    }

    private Connection watched(Connection connection, int pid) {
        return proxy(Connection.class, connection, (method, arguments, call) -> {
            if (STATEMENTS.contains(method.getName())) {
                return watched((Statement) call.now(), arguments, pid);
            }
            return switch (method.getName()) {
                case "commit" -> observer.around(pid, "commit", call);
                case "unwrap" -> unwrapped(call.now(), pid);
                default -> call.now();
            };
        });
    }

    private Statement watched(Statement statement, Object[] arguments, int pid) {
        var type = statement instanceof CallableStatement
                ? CallableStatement.class
                : statement instanceof PreparedStatement ? PreparedStatement.class : Statement.class;
        return proxy(type, statement, (method, given, call) -> {
            if (!method.getName().startsWith("execute")) {
                return call.now();
            }
            var sql = given != null ? given[0] : arguments == null ? "batch" : arguments[0];
            return observer.around(pid, (String) sql, call);
        });
    }

    private Object unwrapped(Object connection, int pid) {
        return connection instanceof BaseConnection known
                ? proxy(
                        BaseConnection.class,
                        known,
                        (method, arguments, call) ->
                                method.getName().equals("getCopyAPI") ? new WatchedCopies(known, pid) : call.now())
                : connection;
    }

    private static <T> T proxy(Class<? extends T> type, T target, Interception interception) {
        return type.cast(Proxy.newProxyInstance(
                WatchedConnections.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> interception.of(method, arguments, () -> {
                    try {
                        return method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause() instanceof SQLException failed ? failed : new SQLException(e.getCause());
                    } catch (IllegalAccessException e) {
                        throw new IllegalStateException(e);
                    }
                })));
    }

    @Override
    public Connection getConnection(String username, String password) {
        throw new UnsupportedOperationException();
    }

    @Override
    public PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("no " + type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }

    /** Something that is sent to the server. */
    @FunctionalInterface
    public interface Call<T> {
        T now() throws SQLException;
    }

    /** Sees what is sent, on the thread that sends it; while connecting the server process has number 0. */
    public interface Observer {
        <T> T around(int pid, String sql, Call<T> call) throws SQLException;
    }

    @FunctionalInterface
    private interface Interception {
        Object of(Method method, Object[] arguments, Call<Object> call) throws SQLException;
    }

    private final class WatchedCopies extends CopyManager {

        private final int pid;

        WatchedCopies(BaseConnection connection, int pid) throws SQLException {
            super(connection);
            this.pid = pid;
        }

        @Override
        public CopyIn copyIn(String sql) throws SQLException {
            return observer.around(pid, sql, () -> super.copyIn(sql));
        }

        @Override
        public CopyOut copyOut(String sql) throws SQLException {
            return observer.around(pid, sql, () -> super.copyOut(sql));
        }
    }
}
