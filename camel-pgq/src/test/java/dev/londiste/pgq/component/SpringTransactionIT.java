package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.londiste.pgq.NewEvent;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.testing.TestDatabase;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.spring.jdbc.SpringConnectionStrategy;
import org.apache.camel.spring.spi.SpringTransactionPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;

@Timeout(60)
class SpringTransactionIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    private HikariDataSource pool;
    private DataSourceTransactionManager transactions;
    private PgqContext context;
    private String queue;

    @BeforeEach
    void start(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
        new PgqQueue(database.dataSource(), queue).create();
        database.execute("create table if not exists orders (id text)");
        pool = database.pool(6);
        transactions = new DataSourceTransactionManager(pool);
        context = new PgqContext(pool);
        context.camel.getRegistry().bind("required", new SpringTransactionPolicy(transactions));
        // The only one in the registry: the component finds it by itself.
        context.camel.getRegistry().bind("connections", new SpringConnectionStrategy());
    }

    @AfterEach
    void stop() {
        context.close();
    }

    @Test
    void eventIsCommittedWithTheRoutesTransaction() throws Exception {
        outbox(exchange -> {});
        context.camel.createProducerTemplate().sendBody("direct:order", "1");
        assertThat(counts()).containsExactly(1L, 1L);
    }

    @Test
    void eventIsRolledBackWithTheRoutesTransaction() throws Exception {
        outbox(exchange -> {
            throw new IllegalStateException("after the insert");
        });
        assertThatThrownBy(() -> context.camel.createProducerTemplate().sendBody("direct:order", "1"))
                .hasStackTraceContaining("after the insert");
        assertThat(counts()).containsExactly(0L, 0L);
    }

    @Test
    void eventBelongsToTheTransactionOfATransactionalBeanThatSendsIt() {
        context.start();
        try (var spring = new AnnotationConfigApplicationContext()) {
            spring.registerBean(DataSourceTransactionManager.class, () -> transactions);
            spring.registerBean(Orders.class, new JdbcTemplate(pool), context.camel.createProducerTemplate());
            spring.register(Transactions.class);
            spring.refresh();
            var orders = spring.getBean(Orders.class);

            assertThatThrownBy(() -> orders.place(queue, true)).hasMessage("after the insert");
            assertThat(counts()).containsExactly(0L, 0L);
            orders.place(queue, false);
            assertThat(counts()).containsExactly(1L, 1L);
        }
    }

    @EnableTransactionManagement
    static class Transactions {}

    // snippet: transactional-bean
    static class Orders {
        private final JdbcTemplate jdbc;
        private final ProducerTemplate events;

        Orders(JdbcTemplate jdbc, ProducerTemplate events) {
            this.jdbc = jdbc;
            this.events = events;
        }

        @Transactional
        public void place(String queue, boolean failing) {
            jdbc.update("insert into orders values (?)", queue);
            events.sendBodyAndHeader("pgq:" + queue, "{}", PgqConstants.EVENT_TYPE, "placed");
            if (failing) {
                throw new IllegalStateException("after the insert");
            }
        }
    }
    // end of snippet

    @Test
    void idempotentRepositoryMakesItExactlyOnce() throws Exception {
        var failures = new AtomicInteger(1);
        context.route(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                // snippet: exactly-once
                var repository = new PgqIdempotentRepository(pool, new SpringConnectionStrategy());
                from("pgq:" + queue + "?consumerName=c&retryDelay=50ms&maxInFlight=2")
                        .transacted("required")
                        .idempotentConsumer(header(PgqConstants.EVENT_ID), repository)
                        .to("direct:work");
                // end of snippet
                from("direct:work").process(exchange -> {
                    var body = exchange.getMessage().getBody(String.class);
                    new JdbcTemplate(pool).update("insert into orders values (?)", body);
                    context.seen.add(body);
                    if (body.equals("0") && failures.getAndDecrement() > 0) {
                        throw new IllegalStateException("after the write");
                    }
                });
            }
        });
        context.start();
        new PgqQueue(database.dataSource(), queue)
                .insert(List.of(
                        new NewEvent("a", "0", "key0", null, null, null),
                        new NewEvent("a", "1", "key1", null, null, null)));
        context.awaitSeen(3);
        assertThat(new JdbcTemplate(pool).queryForList("select id from orders where id in ('0', '1')", String.class))
                .containsExactlyInAnyOrder("0", "1");
    }

    @Test
    void idempotentRepositoryRefusesToWorkWithoutATransaction() throws Exception {
        var repository = new PgqIdempotentRepository(pool, new SpringConnectionStrategy());
        assertThat(refusal(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("pgq:" + queue + "?consumerName=c")
                                .idempotentConsumer(header(PgqConstants.EVENT_ID), repository)
                                .process(exchange -> context.seen.add("routed"));
                    }
                }))
                .contains("needs a transaction: put it after transacted()");
    }

    @Test
    void idempotentRepositoryRefusesWorkersThatShareAConsumer() throws Exception {
        var repository = new PgqIdempotentRepository(pool, new SpringConnectionStrategy());
        assertThat(refusal(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("pgq:" + queue + "?consumerName=c&subconsumer=one")
                                .transacted("required")
                                .idempotentConsumer(header(PgqConstants.EVENT_ID), repository)
                                .process(exchange -> context.seen.add("routed"));
                    }
                }))
                .contains("cannot serve worker one")
                .contains("maxInFlight");
    }

    /** Why the event does not get through. */
    private String refusal(RouteBuilder route) throws Exception {
        context.route(route);
        context.start();
        new PgqQueue(database.dataSource(), queue).insert(new NewEvent("a", "1"));
        var consumer = (PgqConsumer) context.camel.getRoutes().get(0).getConsumer();
        await().until(() -> consumer.getLastFailure() != null);
        assertThat(context.seen).isEmpty();
        return consumer.getLastFailure();
    }

    private void outbox(org.apache.camel.Processor last) throws Exception {
        context.route(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                // snippet: transacted
                from("direct:order")
                        .transacted("required")
                        .process(exchange -> new JdbcTemplate(pool).update("insert into orders values (?)", queue))
                        .to("pgq:" + queue)
                        // end of snippet
                        .process(last);
            }
        });
        context.start();
    }

    private List<Long> counts() {
        return List.of(
                database.<Long>value("select count(*) from orders where id = ?", queue),
                database.<Long>value(
                        "select count(*) from pgq.event_template e join pgq.queue q on e.tableoid::regclass::text"
                                + " like q.queue_data_pfx || '%' where q.queue_name = ?",
                        queue));
    }
}
