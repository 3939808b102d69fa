package dev.londiste.replication.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A provider of Londiste 3 as a user follows it: by a route and operations, as a role that may read and consume. */
@Timeout(120)
class FollowedRouteIT {

    private static final String ROLE = "follows_londiste3";

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.create(database -> {
        database.install("pgq");
        database.execute(
                "create schema londiste; create table londiste.table_info (nr serial primary key, queue_name text, table_name text)");
    });

    @RegisterExtension
    static final TestDatabase londiste3WithoutUs = TestDatabase.create(database ->
            database.execute("create schema londiste; create table londiste.table_info (nr serial primary key)"));

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private final CamelContext context = new DefaultCamelContext();
    private Shop shop;

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
        shop.onBoth("create table $s.t (id int primary key, name text)")
                .onProvider("insert into $s.t select i, 'x' from generate_series(1, 100) i")
                .onProvider(
                        "create trigger q after insert or update or delete on $s.t for each row execute function pgq.logutriga('"
                                + shop.queue() + "')");
        provider.execute(
                "drop role if exists " + ROLE + "; create role " + ROLE + " login password 'x' in role pgq_reader;"
                        + " grant usage on schema " + shop.schema() + " to " + ROLE + ";"
                        + " grant select on all tables in schema " + shop.schema() + " to " + ROLE);
        context.getRegistry().bind("provider", provider.dataSource(ROLE, "x"));
        context.getRegistry().bind("subscriber", subscriber.pool(10));
        context.getRegistry().bind("londiste3", londiste3WithoutUs.dataSource());
        context.getShutdownStrategy().setTimeout(10);
    }

    @AfterEach
    void tearDown() {
        context.stop();
        provider.execute("drop owned by " + ROLE + "; drop role " + ROLE);
    }

    private String to() {
        return "londiste:" + shop.job() + "?provider=#provider&subscriber=#subscriber&queue=" + shop.queue();
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> operation(LondisteOperation operation, Map<String, Object> headers) {
        return (List<Map<String, Object>>) context.createFluentProducerTemplate()
                .to(to() + "&operation=STATUS")
                .withHeaders(headers)
                .withHeader(LondisteConstants.OPERATION, operation)
                .request();
    }

    private List<Map<String, Object>> operation(LondisteOperation operation) {
        return operation(
                operation, operation.takesTables() ? Map.of(LondisteConstants.TABLES, shop.table("t")) : Map.of());
    }

    @Test
    void routeFollowsWhatOthersCaptureAndOperationsSeeIt() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:" + shop.queue() + "?dataSource=#provider&consumerName=" + shop.job() + "&batching=true")
                        .to(to());
            }
        });
        context.start();
        assertThat(operation(LondisteOperation.PROVIDER_TABLES))
                .extracting(row -> row.get("table_name"))
                .containsExactly(shop.table("t"));
        assertThat(operation(LondisteOperation.SUBSCRIBER_ADD))
                .containsExactly(Map.of("table_name", shop.table("t"), "changed", true));
        shop.awaitSync();
        shop.onProvider("update $s.t set name = 'y' where id < 50; delete from $s.t where id > 90");
        shop.awaitSync();
        assertThat(shop.content(subscriber, "t")).hasSize(90).isEqualTo(shop.content(provider, "t"));
        assertThat(operation(LondisteOperation.STATUS))
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("active", true)
                        .containsEntry("registered", true)
                        .containsEntry("tables_by_state", Map.of("ok", 1L)));
        assertThat(operation(LondisteOperation.SUBSCRIBER_CHECK))
                .extracting(row -> row.get("problem") + ": " + row.get("detail"))
                .containsExactly("trigger missing: " + shop.table("t") + " does not capture TRUNCATE");
        assertThat(operation(LondisteOperation.SUBSCRIBER_RESYNC)).hasSize(1);
        shop.awaitSync();
        assertThat(shop.isEqual("t")).isTrue();
    }

    @Test
    void scriptsOfLondiste3AreLeftOutByTheFilterOfTheConsumer() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:" + shop.queue() + "?dataSource=#provider&consumerName=" + shop.job()
                                + "&batching=true&filter=RAW(ev_type <> 'EXECUTE')")
                        .to(to() + "&routeTransforms=true");
            }
        });
        context.start();
        operation(LondisteOperation.SUBSCRIBER_ADD);
        shop.awaitSync();
        provider.rows(
                "select pgq.insert_event(?, 'EXECUTE', 'drop table x', 'script.sql', null, null, null)", shop.queue());
        shop.onProvider("delete from $s.t where id > 10");
        shop.awaitSync();
        assertThat(shop.content(subscriber, "t")).hasSize(10);
    }

    @Test
    void C42_installingOnAProviderOfLondiste3ChangesNothingAndSaysWhatToDo() {
        context.start();
        assertThatThrownBy(() -> context.createFluentProducerTemplate()
                        .to("londiste:j?provider=#londiste3&queue=q&operation=PROVIDER_INSTALL")
                        .request())
                .hasStackTraceContaining("belongs to Londiste 3: nothing was changed")
                .hasStackTraceContaining("SUBSCRIBER_ADD takes them");
        assertThat(
                        londiste3WithoutUs.rows(
                                "select nspname::text from pg_namespace where nspname !~ '^pg_' and nspname not in ('public', 'information_schema')"))
                .containsExactly(Map.of("nspname", "londiste"));
    }
}
