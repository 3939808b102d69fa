package dev.londiste.replication.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Operations as a route asks for them, with headers and bodies, beside the route that replays. */
@Timeout(180)
class OperationRoutesIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private final CamelContext context = new DefaultCamelContext();
    private Shop shop;

    @BeforeEach
    void start() throws Exception {
        shop = new Shop(provider, subscriber).create();
        shop.onBoth("create table $s.t (id int primary key, name text)");
        shop.onProvider("insert into $s.t select i, 'old' from generate_series(1, 5) i")
                .add("t");
        context.getRegistry().bind("provider", provider.pool(10));
        context.getRegistry().bind("subscriber", subscriber.pool(10));
        context.getShutdownStrategy().setTimeout(10);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from(queue(shop.job(), "&batching=true")).to(job(""));
                from("direct:admin").to(job("&operation=STATUS"));
            }
        });
        context.start();
        shop.awaitSync();
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private String queue(String consumer, String options) {
        return "pgq:" + shop.queue() + "?dataSource=#provider&consumerName=" + consumer + options;
    }

    private String job(String options) {
        return "londiste:" + shop.job() + "?provider=#provider&subscriber=#subscriber&lockTimeout=60s&queue="
                + shop.queue() + options;
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> ask(LondisteOperation operation, Map<String, Object> headers, Object body) {
        return context.createFluentProducerTemplate()
                .to("direct:admin")
                .withHeaders(headers)
                .withHeader(LondisteConstants.OPERATION, operation)
                .withBody(body)
                .request(List.class);
    }

    private List<Map<String, Object>> ask(LondisteOperation operation, Map<String, Object> headers) {
        return ask(operation, headers, null);
    }

    private Map<String, Object> table(Map<String, Object> more) {
        var headers = new java.util.HashMap<>(more);
        headers.put(LondisteConstants.TABLES, shop.table("t"));
        return headers;
    }

    @Test
    void executeTakesTheScriptFromTheBody() {
        assertThat(ask(
                        LondisteOperation.EXECUTE,
                        Map.of(LondisteConstants.SCRIPT_NAME, "more"),
                        shop.sql("alter table $s.t add w int default 7")))
                .singleElement()
                .satisfies(row ->
                        assertThat(row).containsEntry("script_name", "more").containsEntry("changed", true));
        shop.onProvider("insert into $s.t values (6, 'new', 1)").awaitSync();
        assertThat(shop.isEqual("t")).isTrue();
        assertThat(shop.content(subscriber, "t")).hasSize(6);
    }

    @Test
    void failedChangesAreListedAndAppliedAgain() {
        ask(LondisteOperation.SUBSCRIBER_SET, table(Map.of(LondisteConstants.ON_FAILURE, "FAILED_QUEUE")));
        shop.onSubscriber("alter table $s.t add check (name <> 'refused')");
        shop.onProvider("update $s.t set name = 'refused' where id = 1; update $s.t set name = 'kept' where id = 2");
        shop.awaitSync();
        assertThat(ask(LondisteOperation.FAILED_EVENTS, table(Map.of())))
                .singleElement()
                .satisfies(row -> assertThat(row.toString()).contains("23514"));
        assertThat(shop.isEqual("t")).isFalse();
        shop.onSubscriber("alter table $s.t drop constraint t_name_check");
        assertThat(ask(LondisteOperation.RETRY_FAILED, table(Map.of()))).hasSize(1);
        assertThat(ask(LondisteOperation.FAILED_EVENTS, table(Map.of()))).isEmpty();
        assertThat(shop.isEqual("t")).isTrue();
    }

    @Test
    void resentRowsReachTheRouteThatCameLater() throws Exception {
        var received = new ConcurrentLinkedQueue<String>();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from(queue("late", "&batching=false")).process(exchange -> {
                    var event = exchange.getMessage().getHeader("CamelPgqExtra1", String.class);
                    received.add(event + " " + exchange.getMessage().getBody(String.class));
                });
            }
        });
        Shop.await()
                .until(() -> !provider.rows("select * from pgq.get_consumer_info(?, 'late')", shop.queue())
                        .isEmpty());
        var answer = context.createFluentProducerTemplate()
                .to(job("&operation=RESEND&consumerName=late"))
                .withHeaders(table(Map.of(LondisteConstants.WHERE, "id <= 3")))
                .request(List.class);
        assertThat(answer.toString()).contains("rows_sent=3");
        Shop.await().until(() -> received.size() >= 3);
        assertThat(received).hasSize(3).allMatch(text -> text.startsWith(shop.table("t") + " {\"id\":"));
        shop.onProvider("insert into $s.t values (6, 'live')").awaitSync();
        assertThat(shop.isEqual("t")).isTrue();
    }

    @Test
    void partitionsComeAndGoWithTheirRows() {
        shop.onProvider("create table $s.p (id int primary key) partition by range (id)")
                .onProvider("create table $s.p1 partition of $s.p for values from (0) to (100)")
                .onProvider("create table $s.p2 (id int primary key); insert into $s.p2 values (101), (102)")
                .onSubscriber("create table $s.p (id int primary key)");
        Map<String, Object> ofP =
                Map.of(LondisteConstants.TABLES, shop.table("p"), LondisteConstants.PARTITION, shop.table("p2"));
        var bound = new java.util.HashMap<>(ofP);
        bound.put(LondisteConstants.PARTITION_BOUND, "for values from (100) to (200)");
        var p = Map.<String, Object>of(LondisteConstants.TABLES, shop.table("p"));
        ask(LondisteOperation.PROVIDER_ADD, p);
        ask(LondisteOperation.SUBSCRIBER_ADD, p);
        shop.awaitSync();
        assertThat(ask(LondisteOperation.ATTACH_PARTITION, bound))
                .singleElement()
                .satisfies(row -> assertThat(row).containsEntry("rows_sent", 2L));
        shop.onProvider("insert into $s.p values (1), (103)").awaitSync();
        assertThat(shop.isEqual("p")).isTrue();
        assertThat(ask(LondisteOperation.DETACH_PARTITION, ofP))
                .singleElement()
                .satisfies(row -> assertThat(row).containsEntry("rows_sent", 3L));
        shop.awaitSync();
        assertThat(shop.content(subscriber, "p")).hasSize(1);
        ask(LondisteOperation.ATTACH_PARTITION, bound);
        assertThat(ask(LondisteOperation.DROP_PARTITION, ofP))
                .singleElement()
                .satisfies(row -> assertThat(row).containsEntry("rows_sent", 3L));
        shop.awaitSync();
        assertThat(shop.isEqual("p")).isTrue();
        assertThat(provider.rows("select to_regclass(?) as gone", shop.table("p2")))
                .singleElement()
                .satisfies(row -> assertThat(row.get("gone")).isNull());
    }

    @Test
    void guardStopsUsersAndLetsReplayAndCopyPass() throws Exception {
        assertThat(ask(LondisteOperation.SUBSCRIBER_DENY, table(Map.of())))
                .singleElement()
                .satisfies(row -> assertThat(row).containsEntry("changed", true));
        for (var write : List.of(
                "insert into $s.t values (100)", "update $s.t set name = 'x'", "delete from $s.t", "truncate $s.t")) {
            assertThatThrownBy(() -> shop.onSubscriber(write))
                    .hasStackTraceContaining("it is replicated from elsewhere");
        }
        shop.onProvider("update $s.t set name = 'replayed'; delete from $s.t where id = 1; truncate $s.t")
                .onProvider("insert into $s.t select i, 'again' from generate_series(1, 200) i")
                .awaitSync();
        assertThat(shop.isEqual("t")).isTrue();
        int attempt = (Integer) shop.registration("t").get("copy_attempt");
        ask(LondisteOperation.SUBSCRIBER_RESYNC, table(Map.of()));
        shop.awaitSync();
        assertThat((Integer) shop.registration("t").get("copy_attempt")).isGreaterThan(attempt);
        assertThat(shop.isEqual("t")).isTrue();
        assertThatThrownBy(() -> shop.onSubscriber("delete from $s.t")).hasStackTraceContaining("denied");
        ask(LondisteOperation.SUBSCRIBER_ALLOW, table(Map.of()));
        shop.onSubscriber("delete from $s.t where id = 1");
    }
}
