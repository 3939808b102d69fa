package dev.londiste.replication.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.londiste.pgq.PgqException;
import dev.londiste.testing.TestDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class JobLockIT {

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.empty();

    private final HikariDataSource pool = subscriber.pool(1);
    private String job;
    private Connection inUse;

    @BeforeEach
    void name(TestInfo test) {
        job = test.getDisplayName();
    }

    /** The pool, whose connections the test can reach, and may break before they are used. */
    private DataSource reachable(boolean broken) {
        return proxy(DataSource.class, pool, name -> {}, connection -> {
            inUse = (Connection) connection;
            return proxy(Connection.class, inUse, name -> refuse(broken && name.equals("setAutoCommit")), any -> any);
        });
    }

    private static void refuse(boolean broken) throws SQLException {
        if (broken) {
            throw new SQLException("The connection is broken", "08006");
        }
    }

    private static <T> T proxy(Class<T> type, T target, Before before, After after) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, values) -> {
                    before.call(method.getName());
                    try {
                        var result = method.invoke(target, values);
                        return result instanceof Connection ? after.call(result) : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @FunctionalInterface
    private interface Before {
        void call(String method) throws SQLException;
    }

    @FunctionalInterface
    private interface After {
        Object call(Object result);
    }

    private boolean isFree() {
        try (var other = new JobLock(subscriber.dataSource(), job)) {
            return other.acquire();
        }
    }

    @Test
    void sessionThatCannotReleaseTheLockEndsAndIsNotKeptByThePool() throws Exception {
        var lock = new JobLock(reachable(false), job);
        assertThat(lock.acquire()).isTrue();
        assertThat(isFree()).isFalse();
        // A transaction that has failed refuses every statement.
        inUse.setAutoCommit(false);
        try (var statement = inUse.createStatement()) {
            assertThatThrownBy(() -> statement.execute("no statement")).isInstanceOf(SQLException.class);
        }
        lock.close();
        await().until(this::isFree);
    }

    @Test
    void connectionThatCannotBeUsedIsGivenBackWithoutTheLock() {
        try (var lock = new JobLock(reachable(true), job)) {
            assertThatThrownBy(lock::acquire).isInstanceOf(PgqException.class);
            assertThat(lock.isHeld()).isFalse();
            assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        }
    }

    @Test
    void lockIsGivenBackWithItsSession() {
        var lock = new JobLock(pool, job);
        assertThat(lock.acquire()).isTrue();
        lock.close();
        assertThat(isFree()).isTrue();
        assertThat(pool.getHikariPoolMXBean().getTotalConnections()).isEqualTo(1);
    }

    /** Servers on Windows cannot look at a client while they work. */
    private static final String SETTINGS = """
            select string_agg(setting || coalesce(unit, ''), ' ' order by name) from pg_catalog.pg_settings
            where name in ('tcp_keepalives_count', 'tcp_keepalives_idle', 'tcp_keepalives_interval', 'tcp_user_timeout')
                or name = 'client_connection_check_interval' and version() ~ 'linux'
            """;

    private static final String NOTICES_DEAD_PEERS = "10000ms 3 10s 5s 25000ms";

    private static String settings(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(SETTINGS)) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void C17_aDeadPeerOfTheLockIsNoticedWithinHalfAMinute() throws Exception {
        var before = settings(subscriber.connect());
        try (var lock = new JobLock(reachable(false), job)) {
            assertThat(lock.acquire()).isTrue();
            assertThat(settings(inUse)).isEqualTo(NOTICES_DEAD_PEERS);
        }
        try (var again = pool.getConnection()) {
            assertThat(settings(again)).as("given back as it came").isEqualTo(before);
        }
    }

    @Test
    void C17_aDeadPeerOfATransactionIsNoticedWithinHalfAMinute() throws Exception {
        try (var transaction = OpenTransaction.readCommitted(pool, Duration.ofSeconds(1))) {
            assertThat(settings(transaction.connection())).isEqualTo(NOTICES_DEAD_PEERS);
        }
        try (var transaction = OpenTransaction.repeatableRead(pool, Duration.ofSeconds(1))) {
            assertThat(settings(transaction.connection()))
                    .isEqualTo(NOTICES_DEAD_PEERS.replaceFirst("10000ms", "5000ms"));
        }
    }
}
