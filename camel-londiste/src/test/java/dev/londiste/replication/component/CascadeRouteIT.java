package dev.londiste.replication.component;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The routes of a cascade, as the guide shows them. */
@Timeout(180)
class CascadeRouteIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase middle = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase leaf = TestDatabase.withLondiste();

    private final CamelContext context = new DefaultCamelContext();

    // snippet: cascade
    static class Cascade extends RouteBuilder {
        @Override
        public void configure() {
            from("pgq:shop?dataSource=#provider&consumerName=to_middle&batching=true")
                    .to("londiste:to_middle?queue=shop&provider=#provider&subscriber=#middle&mirrorQueue=shop_mirror");

            from("pgq:shop_mirror?dataSource=#middle&consumerName=to_leaf&batching=true")
                    .routeId("leaf")
                    .autoStartup(false)
                    .to("londiste:to_leaf?queue=shop_mirror&provider=#middle&subscriber=#leaf");
        }
    }
    // end of snippet

    @AfterEach
    void tearDown() {
        context.stop();
    }

    @Test
    void leafIsFedByTheMiddle() throws Exception {
        for (var database : new TestDatabase[] {provider, middle, leaf}) {
            database.execute("create schema s; create table s.t (id int primary key)");
        }
        provider.rows("select pgq.create_queue('shop')");
        provider.rows("select pgq.set_queue_config('shop', 'ticker_max_lag', '50 ms')");
        provider.execute("insert into s.t select generate_series(1, 10)");
        context.getRegistry().bind("provider", provider.pool(10));
        context.getRegistry().bind("middle", middle.pool(20));
        context.getRegistry().bind("leaf", leaf.pool(10));
        context.getShutdownStrategy().setTimeout(5);
        context.addRoutes(new Cascade());
        context.start();
        run("to_middle?queue=shop&provider=#provider&subscriber=#middle", LondisteOperation.PROVIDER_ADD);
        run("to_middle?queue=shop&provider=#provider&subscriber=#middle", LondisteOperation.SUBSCRIBER_ADD);
        awaitOk(middle);
        run("to_leaf?queue=shop_mirror&provider=#middle&subscriber=#leaf", LondisteOperation.PROVIDER_ADD);
        run("to_leaf?queue=shop_mirror&provider=#middle&subscriber=#leaf", LondisteOperation.SUBSCRIBER_ADD);
        context.getRouteController().startRoute("leaf");
        awaitOk(leaf);
        provider.execute("delete from s.t where id > 5");
        Shop.await().until(() -> leaf.<Long>value("select count(*) from s.t") == 5L);
        assertThat(middle.<Long>value("select count(*) from s.t")).isEqualTo(5L);
    }

    private void run(String endpoint, LondisteOperation operation) {
        context.createFluentProducerTemplate()
                .to("londiste:" + endpoint + "&operation=STATUS")
                .withHeaders(Map.of(LondisteConstants.OPERATION, operation, LondisteConstants.TABLES, "s.t"))
                .request();
    }

    private static void awaitOk(TestDatabase database) {
        Shop.await()
                .until(() -> !database.rows(
                                "select from londiste.subscriber_table where merge_state = 'ok' and snapshot is null")
                        .isEmpty());
    }
}
