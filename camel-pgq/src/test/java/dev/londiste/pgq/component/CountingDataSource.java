package dev.londiste.pgq.component;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** Counts the statements that go through a DataSource. */
final class CountingDataSource {

    final AtomicInteger statements = new AtomicInteger();
    private final DataSource target;

    CountingDataSource(DataSource target) {
        this.target = target;
    }

    DataSource dataSource() {
        return proxy(DataSource.class, target);
    }

    private <T> T proxy(Class<T> type, Object wrapped) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (Statement.class.isAssignableFrom(type)
                            && method.getName().startsWith("execute")) {
                        statements.incrementAndGet();
                    }
                    try {
                        var result = method.invoke(wrapped, arguments);
                        if (method.getName().equals("unwrap")) {
                            return result;
                        }
                        if (result instanceof PreparedStatement) {
                            return proxy(PreparedStatement.class, result);
                        }
                        if (result instanceof Statement) {
                            return proxy(Statement.class, result);
                        }
                        return result instanceof Connection ? proxy(Connection.class, result) : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
