package dev.londiste.examples.londiste;

import dev.londiste.testing.TestDatabase;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The first route of the README. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class FirstRouteIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    // snippet: first-route
    static class Orders extends RouteBuilder {
        @Override
        public void configure() {
            from("pgq:orders?consumerName=warehouse&autoInstall=true&autoCreateQueue=true")
                    .log("Event ${header.CamelPgqEventId}: ${header.CamelPgqEventType} ${body}")
                    .to("direct:warehouse");

            from("direct:order").to("pgq:orders?eventType=placed");
        }
    }
    // end of snippet

    @Test
    void whatOneRouteInsertsTheOtherReceives() throws Exception {
        try (var context = new DefaultCamelContext()) {
            context.getRegistry().bind("database", database.pool(5));
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:warehouse").to("mock:warehouse");
                }
            });
            context.addRoutes(new Orders());
            context.start();
            var warehouse = context.getEndpoint("mock:warehouse", MockEndpoint.class);
            warehouse.expectedBodiesReceived(List.of("three chairs", "a table"));

            try (var orders = context.createProducerTemplate()) {
                orders.sendBody("direct:order", "three chairs");
                orders.sendBody("direct:order", "a table");
            }

            warehouse.assertIsSatisfied(TimeUnit.SECONDS.toMillis(30));
        }
    }
}
