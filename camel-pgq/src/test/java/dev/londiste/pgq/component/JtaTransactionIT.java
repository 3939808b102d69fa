package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.arjuna.ats.arjuna.common.ObjectStoreEnvironmentBean;
import com.arjuna.ats.internal.arjuna.objectstore.VolatileStore;
import com.arjuna.ats.internal.jta.transaction.arjunacore.TransactionSynchronizationRegistryImple;
import com.arjuna.common.internal.util.propertyservice.BeanPopulator;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.testing.TestDatabase;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.agroal.narayana.NarayanaTransactionIntegration;
import jakarta.transaction.Status;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.jta.JtaTransactionPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.xa.PGXADataSource;

/** Events in JTA transactions, together with rows of another database: a real transaction manager, XA connections. */
@Timeout(60)
class JtaTransactionIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    @RegisterExtension
    static final TestDatabase other = TestDatabase.empty();

    private static TransactionManager manager;
    private static TransactionSynchronizationRegistry registry;

    private AgroalDataSource events;
    private AgroalDataSource orders;
    private PgqContext context;
    private String queue;

    @BeforeAll
    static void transactionManager() {
        for (var store : new String[] {null, "stateStore", "communicationStore"}) {
            BeanPopulator.getNamedInstance(ObjectStoreEnvironmentBean.class, store)
                    .setObjectStoreType(VolatileStore.class.getName());
        }
        manager = com.arjuna.ats.jta.TransactionManager.transactionManager();
        registry = new TransactionSynchronizationRegistryImple();
        other.execute("create table orders (id text)");
    }

    @BeforeEach
    void start(TestInfo test) throws SQLException {
        queue = test.getTestMethod().orElseThrow().getName();
        new PgqQueue(database.dataSource(), queue).create();
        events = xa(database);
        orders = xa(other);
        context = new PgqContext(events);
        context.camel.getRegistry().bind("required", new Required(manager));
        // The only one in the registry: the component finds it by itself.
        context.camel.getRegistry().bind("connections", new JtaConnectionStrategy(registry));
    }

    @AfterEach
    void stop() {
        context.close();
        events.close();
        orders.close();
    }

    @Test
    void eventsAndRowsOfTwoDatabasesAreCommittedTogether() throws Exception {
        outbox(exchange -> {});
        context.camel.createProducerTemplate().sendBody("direct:order", List.of("1", "2"));
        assertThat(counts()).containsExactly(1L, 2L);
        assertThat(events.getMetrics().activeCount()).as("connections kept").isZero();
    }

    @Test
    void eventsAndRowsOfTwoDatabasesAreRolledBackTogether() throws Exception {
        outbox(exchange -> {
            throw new IllegalStateException("after the insert");
        });
        assertThatThrownBy(() -> context.camel.createProducerTemplate().sendBody("direct:order", "1"))
                .hasStackTraceContaining("after the insert");
        assertThat(counts()).containsExactly(0L, 0L);
        assertThat(events.getMetrics().activeCount()).as("connections kept").isZero();
    }

    @Test
    void allEventsOfOneTransactionShareAConnection() throws Exception {
        context.start();
        var template = context.camel.createProducerTemplate();
        manager.begin();
        for (int i = 0; i < 10; i++) {
            template.sendBody("pgq:" + queue, i);
        }
        assertThat(counts()).containsExactly(0L, 0L);
        assertThat(events.getMetrics().activeCount()).isEqualTo(1);
        manager.commit();
        assertThat(counts()).containsExactly(0L, 10L);
        assertThat(events.getMetrics().activeCount()).isZero();
    }

    @Test
    void withoutATransactionEachExchangeIsOneOfItsOwn() {
        context.start();
        context.camel.createProducerTemplate().sendBody("pgq:" + queue, "1");
        assertThat(counts()).containsExactly(0L, 1L);
    }

    @Test
    void connectionOfATransactionThatTakesNoMoreIsGivenBack() throws Exception {
        var full = (TransactionSynchronizationRegistry) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {TransactionSynchronizationRegistry.class},
                (self, method, values) -> {
                    if (method.getName().equals("registerInterposedSynchronization")) {
                        throw new IllegalStateException("The transaction is ending");
                    }
                    return method.invoke(registry, values);
                });
        var pool = database.pool(1);
        var strategy = new JtaConnectionStrategy(full);
        manager.begin();
        try {
            assertThatThrownBy(() -> strategy.getConnection(pool)).hasMessage("The transaction is ending");
            assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        } finally {
            manager.rollback();
        }
    }

    private void outbox(org.apache.camel.Processor last) throws Exception {
        context.route(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:order")
                        .policy("required")
                        .process(JtaTransactionIT.this::insertOrder)
                        .to("pgq:" + queue)
                        .process(last);
            }
        });
        context.start();
    }

    private void insertOrder(Exchange exchange) throws SQLException {
        try (var connection = orders.getConnection();
                var statement = connection.prepareStatement("insert into orders values (?)")) {
            statement.setString(1, queue);
            statement.execute();
        }
    }

    private List<Long> counts() {
        return List.of(
                other.<Long>value("select count(*) from orders where id = ?", queue),
                database.<Long>value(
                        "select count(*) from pgq.event_template e join pgq.queue q on e.tableoid::regclass::text"
                                + " like q.queue_data_pfx || '%' where q.queue_name = ?",
                        queue));
    }

    private static AgroalDataSource xa(TestDatabase target) throws SQLException {
        var server = target.server();
        var supplier = new AgroalDataSourceConfigurationSupplier()
                .connectionPoolConfiguration(pool -> pool.maxSize(4)
                        .transactionIntegration(new NarayanaTransactionIntegration(manager, registry))
                        .connectionFactoryConfiguration(factory -> factory.connectionProviderClass(PGXADataSource.class)
                                .jdbcUrl(target.url())
                                .principal(new NamePrincipal(server.user()))
                                .credential(new SimplePassword(server.password()))));
        supplier.metricsEnabled();
        return AgroalDataSource.from(supplier);
    }

    /** Camel's policy for JTA, as Quarkus has it: joins a transaction or begins one. */
    private static final class Required extends JtaTransactionPolicy {

        private final TransactionManager transactionManager;

        Required(TransactionManager transactionManager) {
            this.transactionManager = transactionManager;
        }

        @Override
        public void run(Runnable work) throws Throwable {
            if (transactionManager.getStatus() != Status.STATUS_NO_TRANSACTION) {
                work.run();
                return;
            }
            transactionManager.begin();
            try {
                work.run();
            } catch (Throwable e) {
                transactionManager.rollback();
                throw e;
            }
            if (transactionManager.getStatus() == Status.STATUS_MARKED_ROLLBACK) {
                transactionManager.rollback();
            } else {
                transactionManager.commit();
            }
        }
    }
}
