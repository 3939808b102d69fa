package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.sql.DataSource;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/** A Camel context with one database, and a list that routes collect into. */
final class PgqContext implements AutoCloseable {

    final DefaultCamelContext camel = new DefaultCamelContext();
    final List<Object> seen = Collections.synchronizedList(new ArrayList<>());

    PgqContext(DataSource database) {
        camel.getRegistry().bind("database", database);
        camel.getShutdownStrategy().setTimeout(10);
        camel.getShutdownStrategy().setLogInflightExchangesOnTimeout(false);
    }

    PgqContext route(RouteBuilder routes) throws Exception {
        camel.addRoutes(routes);
        return this;
    }

    /** A route from one consumer that collects the bodies as text. */
    PgqContext collect(String uri) throws Exception {
        return route(new RouteBuilder() {
            @Override
            public void configure() {
                from(uri)
                        .routeId("collect")
                        .process(exchange -> seen.add(exchange.getMessage().getBody(String.class)));
            }
        });
    }

    PgqContext start() {
        camel.start();
        return this;
    }

    void awaitSeen(int count) {
        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(() -> assertThat(seen).hasSize(count));
    }

    DataSource database() {
        return camel.getRegistry().lookupByNameAndType("database", DataSource.class);
    }

    PgqConsumer consumer(String routeId) {
        return (PgqConsumer) camel.getRoute(routeId).getConsumer();
    }

    @Override
    public void close() {
        camel.stop();
    }
}
