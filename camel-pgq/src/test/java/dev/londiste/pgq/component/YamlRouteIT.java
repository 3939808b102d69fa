package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import org.apache.camel.Processor;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class YamlRouteIT {

    private static final String ROUTES = """
            - route:
                id: consume
                from:
                  uri: pgq:orders
                  parameters:
                    consumerName: mail
                    autoInstall: true
                    autoCreateQueue: true
                    delay: 50ms
                  steps:
                    - process:
                        ref: seen
            - route:
                id: produce
                from:
                  uri: direct:order
                  steps:
                    - to:
                        uri: pgq:orders
                        parameters:
                          eventType: order
            """;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    @Test
    void anEmptyDatabaseIsMadeReadyByTheRoute() throws Exception {
        try (var context = new PgqContext(database.pool(6))) {
            Processor seen = exchange -> context.seen.add(exchange.getMessage().getBody(String.class));
            context.camel.getRegistry().bind("seen", seen);
            PluginHelper.getRoutesLoader(context.camel).loadRoutes(ResourceHelper.fromString("routes.yaml", ROUTES));
            context.start();
            assertThat(context.consumer("consume").getDelay()).isEqualTo(50);
            context.camel.createProducerTemplate().sendBody("direct:order", "one");
            context.awaitSeen(1);
        }
    }
}
