package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.jdbc.ConnectionStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class ProducerIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    private PgqContext context;
    private ProducerTemplate template;
    private String uri;
    private String queue;

    @BeforeEach
    void start(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
        new PgqQueue(database.dataSource(), queue).create();
        uri = "pgq:" + queue;
        context = new PgqContext(database.pool(4)).start();
        template = context.camel.createProducerTemplate();
    }

    @AfterEach
    void stop() {
        context.close();
    }

    @Test
    @DisabledIfSystemProperty(named = "londiste.pgq", matches = "extension", disabledReason = "it knows no such limit")
    void theLagOfConsumersCanBeLimitedByTimeAndSize() {
        new PgqQueue(database.dataSource(), "limited").create();
        assertThat(rows(template.requestBody(
                        "pgq:limited?operation=CONFIGURE_QUEUE", (Object) Map.of("max_consumer_lag", "2 days, 50 GB"))))
                .containsExactly(
                        Map.of("queue_name", "limited", "parameter", "max_consumer_lag", "value", "2 days, 50 GB"));
        assertThat(database.rows("select max_lag_time::text, max_lag_bytes from pgq_client.queue_setting"
                        + " join pgq.queue using (queue_id) where queue_name = 'limited'"))
                .containsExactly(Map.of("max_lag_time", "2 days", "max_lag_bytes", 53687091200L));
    }

    @Test
    @SuppressWarnings("unchecked")
    void starMeansAllQueuesButThoseThatOthersTick() {
        var second = new PgqQueue(database.dataSource(), queue + "_second");
        second.create();
        var paused = new PgqQueue(database.dataSource(), queue + "_paused");
        paused.create();
        paused.configure("ticker_paused", "true");

        var ticked = (List<Map<String, Object>>) template.requestBody("pgq:*?operation=TICK", null, List.class);
        var known = (List<Map<String, Object>>) template.requestBody("pgq:*?operation=QUEUE_INFO", null, List.class);

        assertThat(ticked)
                .extracting(row -> row.get("queue_name"))
                .contains(queue, second.name())
                .doesNotContain(paused.name());
        assertThat(known).extracting(row -> row.get("queue_name")).contains(queue, second.name(), paused.name());
        assertThatThrownBy(() -> template.requestBody("pgq:*?operation=DROP_QUEUE", null, List.class))
                .rootCause()
                .hasMessage("DROP_QUEUE works on one queue: name it instead of *");
    }

    @Test
    void bodyIsInsertedAsOneEventAndLeftAsItWas() {
        var result = template.request(uri + "?eventType=order&extra1=one&extra2=two", exchange -> {
            exchange.getMessage().setBody("text");
            exchange.getMessage().setHeader(PgqConstants.EXTRA2, "header wins");
        });

        assertThat(result.getException()).isNull();
        assertThat(result.getMessage().getBody()).isEqualTo("text");
        assertThat(events())
                .singleElement()
                .satisfies(event -> assertThat(event)
                        .containsEntry("ev_id", result.getMessage().getHeader(PgqConstants.EVENT_ID))
                        .containsEntry("ev_type", "order")
                        .containsEntry("ev_data", "text")
                        .containsEntry("ev_extra1", "one")
                        .containsEntry("ev_extra2", "header wins"));
    }

    @Test
    void listIsInsertedAsManyEvents() {
        var body = Arrays.asList("text", "bytes ü".getBytes(StandardCharsets.UTF_8), Map.of("id", 1), null);
        var result = template.request(
                uri + "?eventType=t", exchange -> exchange.getMessage().setBody(body));

        assertThat(events())
                .extracting(event -> event.get("ev_data"))
                .containsExactly("text", "bytes ü", "{\"id\":1}", null);
        assertThat(result.getMessage().getHeader(PgqConstants.EVENT_ID))
                .isEqualTo(events().stream().map(event -> event.get("ev_id")).toList());
        assertThat(template.request(uri, exchange -> exchange.getMessage().setBody(List.of()))
                        .getMessage()
                        .getHeader(PgqConstants.EVENT_ID))
                .isEqualTo(List.of());
    }

    @Test
    void aTransactionalConnectionIsLeftAlone() throws Exception {
        try (var connection = database.connect()) {
            connection.setAutoCommit(false);
            context.camel.getRegistry().bind("strategy", new Transactional(connection));
            template.sendBody(uri + "?connectionStrategy=#strategy", "text");

            assertThat(connection.isClosed()).isFalse();
            assertThat(events()).isEmpty();
            connection.rollback();
            assertThat(events()).isEmpty();
            template.sendBody(uri + "?connectionStrategy=#strategy", "text");
            connection.commit();
            assertThat(events()).hasSize(1);
        }
    }

    @Test
    void aPoolWithoutAutoCommitGetsOneCommitAnExchange() throws Exception {
        var config = new HikariConfig();
        config.setDataSource(database.dataSource());
        config.setMaximumPoolSize(1);
        config.setAutoCommit(false);
        try (var pool = new HikariDataSource(config)) {
            context.camel.getRegistry().bind("manual", pool);
            template.sendBody(uri + "?dataSource=#manual", List.of("1", "2"));
            assertThat(events()).extracting(event -> event.get("ev_data")).containsExactly("1", "2");
            assertThat(events())
                    .extracting(event -> event.get("ev_txid"))
                    .containsOnly(events().get(0).get("ev_txid"));
            assertThatThrownBy(() -> template.sendBody("pgq:nowhere?dataSource=#manual", "3"))
                    .hasStackTraceContaining("Queue nowhere");
            template.sendBody(uri + "?dataSource=#manual", "4");
            assertThat(events()).hasSize(3);
            try (var connection = pool.getConnection()) {
                assertThat(connection.getAutoCommit())
                        .as("given back as it came")
                        .isFalse();
            }
        }
    }

    @Test
    void aListIsOneStatementAndAllOfItOrNothing() {
        var statements = new CountingDataSource(database.pool(2));
        context.camel.getRegistry().bind("counting", statements.dataSource());
        template.sendBody(uri + "?dataSource=#counting", List.of("first"));
        int before = statements.statements.get();
        template.sendBody(
                uri + "?dataSource=#counting", IntStream.range(0, 1000).boxed().toList());
        assertThat(statements.statements.get() - before).isEqualTo(1);
        database.execute("update pgq.queue set queue_per_tx_limit = 5 where queue_name = '" + queue + "'");
        assertThatThrownBy(() -> template.sendBody(uri + "?dataSource=#counting", List.of(1, 2, 3, 4, 5, 6)))
                .hasStackTraceContaining("allows max 5 events");
        assertThat(events()).hasSize(1001);
    }

    @Test
    void aFailedStatementInACallersTransactionIsAnErrorOfTheExchange() throws Exception {
        try (var connection = database.connect()) {
            connection.setAutoCommit(false);
            context.camel.getRegistry().bind("strategy", new Transactional(connection));
            assertThatThrownBy(() -> template.sendBody("pgq:nowhere?connectionStrategy=#strategy", "text"))
                    .hasStackTraceContaining("Queue nowhere");
            assertThat(connection.isClosed()).isFalse();
        }
    }

    @Test
    void operationsAnswerRows() {
        assertThat(run("CREATE_QUEUE", "made")).containsExactly(Map.of("queue_name", "made", "changed", true));
        assertThat(run("CREATE_QUEUE", "made")).containsExactly(Map.of("queue_name", "made", "changed", false));
        assertThat(run("REGISTER", "made").get(0)).containsEntry("changed", true);
        assertThat(run("REGISTER", "made").get(0))
                .containsEntry("changed", false)
                .containsKey("tick_id");
        assertThat(run("FORCE_TICK", "made").get(0).get("tick_id")).isInstanceOf(Long.class);
        assertThat(run("TICK", "made").get(0)).containsKey("tick_id");
        assertThat(run("QUEUE_INFO", "made").get(0))
                .containsEntry("queue_name", "made")
                .containsEntry("queue_ticker_max_lag", 0.05);
        assertThat(run("CONSUMER_INFO", "made").get(0)).containsEntry("consumer_name", "c");
        assertThat(run("UNREGISTER", "made").get(0)).containsEntry("changed", true);
        assertThat(run("MAINTAIN", "made")).isNotNull();
        assertThat(rows(template.requestBody(
                        "pgq:made?operation=CONFIGURE_QUEUE", (Object) Map.of("rotation_period", "1 hour"))))
                .hasSize(1);
        assertThat(run("QUEUE_INFO", "made").get(0)).containsEntry("queue_rotation_period", 3600.0);
        assertThat(run("STATUS", "made").get(0)).containsKeys("event_bytes", "blocked_by", "blocker", "ticker");
        assertThat(run("DROP_QUEUE", "made").get(0)).containsEntry("changed", true);
    }

    @Test
    void headersOfAProducerWinAndAreUsedUp() {
        var result = template.request(uri, exchange -> {
            exchange.getMessage().setHeader(PgqConstants.OPERATION, "FORCE_TICK");
            exchange.getMessage().setHeader(PgqConstants.OVERRIDE_QUEUE, "headersOfAProducerWinAndAreUsedUp");
        });
        assertThat(result.getException()).isNull();
        assertThat(result.getMessage().getHeaders())
                .doesNotContainKeys(PgqConstants.OPERATION, PgqConstants.OVERRIDE_QUEUE);
    }

    @Test
    void movingEventsFromQueueToQueueDoesNothingElse() throws Exception {
        new PgqQueue(database.dataSource(), "source").create();
        try (var moving = new PgqContext(database.pool(4))
                .route(new org.apache.camel.builder.RouteBuilder() {
                    @Override
                    public void configure() {
                        from("pgq:source?consumerName=c").to(uri).process(exchange -> moving(exchange));
                    }

                    private void moving(Exchange exchange) {
                        context.seen.add(exchange.getMessage().getHeader(PgqConstants.EVENT_ID));
                    }
                })
                .start()) {
            assertThat(moving.camel.isStarted()).isTrue();
            template.sendBodyAndHeader("pgq:source?eventType=t", "text", PgqConstants.EXTRA3, "three");
            context.awaitSeen(1);
            assertThat(events())
                    .singleElement()
                    .satisfies(event -> assertThat(event)
                            .containsEntry("ev_type", "t")
                            .containsEntry("ev_data", "text")
                            .containsEntry("ev_extra3", "three"));
        }
    }

    @Test
    void installIsRepeatable() {
        assertThat(run("INSTALL", queue).get(0)).containsEntry("schema", "pgq");
    }

    private List<Map<String, Object>> run(String operation, String name) {
        return rows(template.requestBodyAndHeader(
                "pgq:any?consumerName=c&operation=" + operation, null, PgqConstants.OVERRIDE_QUEUE, name));
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> rows(Object body) {
        return (List<Map<String, Object>>) body;
    }

    private List<Map<String, Object>> events() {
        return database.rows(
                "select e.* from pgq.event_template e join pgq.queue q on e.tableoid::regclass::text like"
                        + " q.queue_data_pfx || '%' where q.queue_name = ? order by ev_id",
                queue);
    }

    private record Transactional(Connection connection) implements ConnectionStrategy {
        @Override
        public Connection getConnection(DataSource dataSource) {
            return connection;
        }

        @Override
        public boolean isConnectionTransactional(Connection ignored, DataSource dataSource) {
            return true;
        }
    }
}
