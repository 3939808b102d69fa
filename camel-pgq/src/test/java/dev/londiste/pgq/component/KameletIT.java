package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.PluginHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class KameletIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    @Test
    void whatTheSinkInsertsTheSourceReceives() throws Exception {
        try (var context = new PgqContext(database.pool(6))) {
            context.route(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:warehouse")
                            .process(exchange ->
                                    context.seen.add(exchange.getMessage().getHeader(PgqConstants.EVENT_TYPE) + " "
                                            + exchange.getMessage().getBody(String.class)));
                }
            });
            var routes =
                    PluginHelper.getResourceLoader(context.camel).resolveResource("classpath:kamelets-in-use.yaml");
            PluginHelper.getRoutesLoader(context.camel).loadRoutes(routes);
            context.start();
            context.camel.createProducerTemplate().sendBody("direct:order", "three chairs");
            context.awaitSeen(1);
            assertThat(context.seen).containsExactly("placed three chairs");
        }
    }
}
