package dev.londiste.replication.component;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
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

    /** COMPARE and REPAIR would not look whether the replay keeps up. */
    private static final Set<LondisteOperation> FORCED =
            EnumSet.complementOf(EnumSet.of(LondisteOperation.COMPARE, LondisteOperation.REPAIR));

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
                "SUBSCRIBER_ALLOW",
                "SUBSCRIBER_UNINSTALL",
                "PROVIDER_REFRESH",
                "PROVIDER_DENY",
                "PROVIDER_ALLOW",
                "PROVIDER_PROMOTE",
                "ATTACH_PARTITION",
                "DETACH_PARTITION",
                "DROP_PARTITION",
                "EXECUTE",
                "RESEND",
                "SWITCH_OVER",
                "RETRY_FAILED",
                "DELETE_FAILED",
                "COMPARE",
                "REPAIR",
                "WAIT_SYNC"
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
            requireThatItGivesUp(operation, tables);
        }
    }

    /** A ticker that was left in its transaction keeps every other tick of the queue waiting. */
    @ParameterizedTest
    @EnumSource(
            names = {
                "PROVIDER_ADD",
                "PROVIDER_REMOVE",
                "EXECUTE",
                "RESEND",
                "SWITCH_OVER",
                "SUBSCRIBER_ADD",
                "SUBSCRIBER_REMOVE",
                "SUBSCRIBER_RESYNC",
                "COMPARE",
                "REPAIR",
                "WAIT_SYNC"
            })
    void operationThatTicksGivesUpAfterLockTimeout(LondisteOperation operation) throws SQLException {
        if (operation == LondisteOperation.PROVIDER_ADD) {
            shop.onProvider("create table $s.t2 (id int primary key)");
        }
        var table =
                switch (operation) {
                    case PROVIDER_ADD -> "t2";
                    case SUBSCRIBER_ADD -> "u";
                    default -> "t";
                };
        if (operation == LondisteOperation.SWITCH_OVER) {
            shop.addToSubscriber("u");
            subscriber.rows(
                    "select londiste.subscriber_set_table_state(?, ?, null, 'ok')", shop.queue(), shop.table("u"));
        }
        subscriber.rows("select londiste.subscriber_set_table_state(?, ?, null, 'ok')", shop.queue(), shop.table("t"));
        try (var ticker = provider.connect()) {
            lock(ticker, "select pgq_client.tick_now('" + shop.queue() + "')");
            requireThatItGivesUp(operation, shop.table(table));
        }
    }

    private void requireThatItGivesUp(LondisteOperation operation, String tables) {
        var request = context.createFluentProducerTemplate()
                .to("londiste:" + shop.job() + "?provider=#provider&subscriber=#subscriber&queue=" + shop.queue()
                        + "&operation=STATUS&lockTimeout=200&argument.force=" + FORCED.contains(operation)
                        + "&argument.trigger=x&argument.partition=p&argument.partitionBound=default"
                        + "&argument.scriptName=s&argument.script=select&argument.timeout=60s&tables=" + tables)
                .withHeader(LondisteConstants.OPERATION, operation);
        assertThat(CompletableFuture.supplyAsync(request::request))
                // Less than the default: it is this request's lockTimeout that ends it.
                .failsWithin(Duration.ofSeconds(9))
                .withThrowableOfType(ExecutionException.class)
                .havingRootCause()
                .withMessageContaining("lock timeout");
    }

    private static void lock(Connection connection, String sql) throws SQLException {
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
