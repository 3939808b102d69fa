package dev.londiste.replication.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** No operation that changes something waits longer than lockTimeout for somebody else's lock. */
@Timeout(120)
class LockTimeoutIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private final CamelContext context = new DefaultCamelContext();
    private Shop shop;

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
        shop.onBoth("create table $s.t (id int primary key); create table $s.u (id int primary key);"
                        + " create sequence $s.q; create sequence $s.r")
                .add("t")
                .addToProvider("u");
        provider.rows("select londiste.provider_add_seq(?, ?)", shop.queue(), shop.table("q"));
        subscriber.rows("select londiste.subscriber_add_seq(?, ?)", shop.queue(), shop.table("q"));
        provider.rows("select pgq.register_consumer(?, ?)", shop.queue(), shop.job());
        context.getRegistry().bind("provider", provider.dataSource());
        context.getRegistry().bind("subscriber", subscriber.dataSource());
        context.start();
    }

    @AfterEach
    void tearDown() {
        context.stop();
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "PROVIDER_INSTALL",
                "PROVIDER_ADD",
                "PROVIDER_REMOVE",
                "PROVIDER_ADD_SEQ",
                "PROVIDER_REMOVE_SEQ",
                "PROVIDER_UNINSTALL",
                "SUBSCRIBER_INSTALL",
                "SUBSCRIBER_ADD",
                "SUBSCRIBER_SET",
                "SUBSCRIBER_REMOVE",
                "SUBSCRIBER_RESYNC",
                "SUBSCRIBER_REGISTER",
                "SUBSCRIBER_UNREGISTER",
                "SUBSCRIBER_REWIND",
                "SUBSCRIBER_RESET",
                "SUBSCRIBER_ADD_SEQ",
                "SUBSCRIBER_REMOVE_SEQ",
                "SUBSCRIBER_RESTORE_TRIGGERS",
                "SUBSCRIBER_DENY",
                "SUBSCRIBER_UNINSTALL"
            })
    void operationGivesUpAfterLockTimeout(LondisteOperation operation) throws SQLException {
        boolean addsTable = operation == LondisteOperation.SUBSCRIBER_ADD;
        boolean addsSeq = operation.name().endsWith("ADD_SEQ");
        var tables = shop.table(addsTable ? "u" : addsSeq ? "r" : "t");
        if (operation == LondisteOperation.PROVIDER_ADD) {
            shop.onProvider("create table $s.t2 (id int primary key)");
            tables = shop.table("t2");
        }
        try (var onProvider = provider.connect();
                var onSubscriber = subscriber.connect()) {
            lock(onProvider, "lock table pgq.queue, pgq.subscription, londiste.provider_table, londiste.provider_seq");
            lock(
                    onSubscriber,
                    "lock table londiste.subscriber_table, londiste.subscriber_seq, londiste.completed, "
                            + shop.table("t"));
            long start = System.nanoTime();
            var request = context.createFluentProducerTemplate()
                    .to("londiste:" + shop.job() + "?provider=#provider&subscriber=#subscriber&queue=" + shop.queue()
                            + "&operation=STATUS&lockTimeout=200&argument.force=true&argument.trigger=x")
                    .withHeader(LondisteConstants.OPERATION, operation)
                    .withHeader(LondisteConstants.TABLES, tables);
            assertThatThrownBy(request::request).rootCause().hasMessageContaining("lock timeout");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
        }
    }

    private static void lock(Connection connection, String sql) throws SQLException {
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
