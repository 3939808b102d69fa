package dev.londiste.pgq.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.lock.StandingConnection;
import dev.londiste.testing.TcpProxy;
import dev.londiste.testing.TestDatabase;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.ds.PGSimpleDataSource;

/** What happens when one end of a connection is gone and the other is not told. */
@Timeout(60)
class DeadPeersIT {

    private static final String SETTINGS = """
            select current_setting('tcp_keepalives_idle') || ' ' || current_setting('tcp_user_timeout') || ' '
                   || current_setting('client_connection_check_interval')
            """;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    private final ScheduledExecutorService watchers = Executors.newSingleThreadScheduledExecutor();
    private TcpProxy proxy;
    private DataSource throughProxy;

    @BeforeEach
    void startProxy() {
        var at = URI.create(database.url().substring("jdbc:".length()));
        proxy = new TcpProxy(at.getPort());
        var source = (PGSimpleDataSource) database.dataSource();
        source.setPortNumbers(new int[] {proxy.port()});
        throughProxy = source;
    }

    @AfterEach
    void stop() throws Exception {
        watchers.shutdownNow();
        proxy.close();
    }

    @Test
    void C17_theServerIsToldOnceForEachConnectionToNoticeDeadClients() throws Exception {
        var pool = database.pool(1);
        var connections = new KeepAliveDataSource(pool);
        try (var connection = connections.getConnection()) {
            assertThat(new JdbcSession(connection).<String>one(SETTINGS, row -> row.getString(1)))
                    .isEqualTo("5 15000 5s");
        }
        // The pool's own users get it as it is; it is not told again.
        try (var connection = pool.getConnection();
                var statement = connection.createStatement()) {
            statement.execute("set tcp_user_timeout = 12000");
        }
        try (var connection = connections.getConnection()) {
            assertThat(new JdbcSession(connection).<String>one(SETTINGS, row -> row.getString(1)))
                    .isEqualTo("5 12000 5s");
        }
    }

    @Test
    void C17_whatIsToldStaysWhereThePoolDoesNotCommit() throws Exception {
        try (var pool = new HikariDataSource()) {
            pool.setDataSource(database.dataSource());
            pool.setMaximumPoolSize(1);
            pool.setAutoCommit(false);
            var connection = new KeepAliveDataSource(pool).getConnection();
            connection.rollback();
            assertThat(new JdbcSession(connection).<String>one(SETTINGS, row -> row.getString(1)))
                    .isEqualTo("5 15000 5s");
        }
    }

    @Test
    void C17_aLongStatementEndsWhenItsClientIsGone() throws Exception {
        try (var connection = new KeepAliveDataSource(throughProxy).getConnection()) {
            int process = process(connection);
            var sleeping = new Thread(() -> sleep(connection, 60));
            sleeping.start();
            await().until(() -> isAtWork(process));
            proxy.cut();
            sleeping.join();
            await().atMost(Duration.ofSeconds(20)).until(() -> !isAtWork(process));
        }
    }

    @Test
    void C41_aLongStatementWhoseAnswerIsLostIsGivenUp() throws Exception {
        var watch = new SecondConnectionWatch(DeadPeersIT::isAtWork, watchers, Duration.ofMillis(200));
        try (var connection = throughProxy.getConnection()) {
            int process = process(connection);
            var hanging = new Thread(() -> {
                await().until(() -> isAtWork(process));
                proxy.hang();
            });
            hanging.start();
            assertThatThrownBy(() -> watch.during(connection, process, () -> sleep(connection, 2)))
                    .isInstanceOfSatisfying(
                            PgqException.class,
                            e -> assertThat(Jdbc.isTransient(e)).isTrue());
            hanging.join();
        }
    }

    @Test
    void C41_aLongStatementOfAServerThatDoesNotAnswerIsGivenUp() throws Exception {
        try (var connection = throughProxy.getConnection();
                var second = throughProxy.getConnection()) {
            second.setNetworkTimeout(Runnable::run, 500);
            var watch = new SecondConnectionWatch(process -> process(second) > 0, watchers, Duration.ofMillis(200));
            int process = process(connection);
            proxy.hang();
            assertThatThrownBy(() -> watch.during(connection, process, () -> sleep(connection, 0)))
                    .isInstanceOfSatisfying(
                            PgqException.class,
                            e -> assertThat(Jdbc.isTransient(e)).isTrue());
        }
    }

    @Test
    void C41_aLongStatementAtWorkIsLeftAlone() throws Exception {
        var watch = new SecondConnectionWatch(DeadPeersIT::isAtWork, watchers, Duration.ofMillis(50));
        try (var connection = throughProxy.getConnection()) {
            assertThat(watch.during(connection, process(connection), () -> sleep(connection, 1)))
                    .isTrue();
            assertThat(process(connection)).isPositive();
        }
    }

    @Test
    void C41_aLongStatementIsLeftAloneWhenTheConnectionThatAsksIsLost() throws Exception {
        var source = (PGSimpleDataSource) database.dataSource();
        source.setApplicationName("asks");
        try (var standing = new StandingConnection(source, Thread::new);
                var connection = throughProxy.getConnection()) {
            int process = process(connection);
            assertThat(standing.isAtWork(process)).isFalse();
            database.rows("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'asks'");
            var watch = new SecondConnectionWatch(standing::isAtWork, watchers, Duration.ofMillis(50));
            assertThat(watch.during(connection, process, () -> sleep(connection, 1)))
                    .isTrue();
        }
    }

    @Test
    void C41_aLentConnectionWhoseSessionIsGoneIsGivenUp() throws Exception {
        var connections = new FirstThroughProxy();
        try (var lent = watched(connections).getConnection()) {
            int process = process(lent);
            var ending = new Thread(() -> {
                await().until(() -> isAtWork(process));
                proxy.hang();
                database.rows("select pg_terminate_backend(?)", process);
            });
            ending.start();
            assertThatThrownBy(() -> sleep(lent, 60))
                    .isInstanceOfSatisfying(
                            PgqException.class,
                            e -> assertThat(Jdbc.isTransient(e)).isTrue());
            ending.join();
        }
    }

    @Test
    void C41_aLentConnectionOfAServerThatDoesNotAnswerIsGivenUp() throws Exception {
        try (var pool = new HikariDataSource()) {
            pool.setDataSource(throughProxy);
            pool.setMinimumIdle(0);
            pool.setConnectionTimeout(1000);
            try (var lent = watched(pool).getConnection()) {
                int process = process(lent);
                assertThat(process).isPositive();
                proxy.hang();
                assertThatThrownBy(() -> sleep(lent, 0))
                        .isInstanceOfSatisfying(
                                PgqException.class,
                                e -> assertThat(Jdbc.isTransient(e)).isTrue());
            }
        }
    }

    /** In the middle of a transaction as after its end. */
    @Test
    void C41_aLentConnectionThatRestsIsLeftAlone() throws Exception {
        var connections = new FirstThroughProxy();
        try (var lent = watched(connections).getConnection()) {
            lent.setAutoCommit(false);
            int process = process(lent);
            int asked = connections.lent.get();
            await().until(() -> connections.lent.get() > asked + 5);
            assertThat(process(lent)).isEqualTo(process);
            lent.commit();
        }
    }

    private DataSource watched(DataSource connections) {
        return new WatchedDataSource(connections, watchers, Duration.ofMillis(200));
    }

    /** Lends one connection through the proxy; those that ask for it go to the server. */
    private final class FirstThroughProxy extends DelegatingDataSource {

        private final AtomicInteger lent = new AtomicInteger();

        FirstThroughProxy() {
            super(database.dataSource());
        }

        @Override
        protected Connection lent(Connection connection) throws SQLException {
            if (lent.getAndIncrement() > 0) {
                return connection;
            }
            try (connection) {
                return throughProxy.getConnection();
            }
        }
    }

    private static int process(Connection connection) {
        return new JdbcSession(connection).one("select pg_backend_pid()", row -> row.getInt(1));
    }

    private static boolean sleep(Connection connection, int seconds) {
        return new JdbcSession(connection).one("select pg_sleep(?) is not null", row -> row.getBoolean(1), seconds);
    }

    private static boolean isAtWork(int process) {
        return new Jdbc(database.dataSource())
                .one(
                        "select exists (select from pg_stat_activity where pid = ? and state = 'active')",
                        row -> row.getBoolean(1),
                        process);
    }
}
