package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.pgq.PgqQueue;
import dev.londiste.testing.TestDatabase;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheck.State;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.health.HealthCheckRepository;
import org.apache.camel.impl.health.ProducersHealthCheckRepository;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class ProducerHealthIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    @Test
    void aProducerIsReadyWhileItsQueueCanBeReached() throws Exception {
        var pool = database.pool(2);
        try (var context = new PgqContext(pool).route(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:order").routeId("order").to("pgq:orders");
            }
        })) {
            var producers = new ProducersHealthCheckRepository();
            producers.setEnabled(true);
            HealthCheckHelper.getHealthCheckRegistry(context.camel).register(producers);
            context.start();

            assertThat(ready(producers).getState()).isEqualTo(State.DOWN);
            assertThat(ready(producers).getMessage())
                    .hasValueSatisfying(
                            message -> assertThat(message).isEqualTo("Queue orders does not exist in this database"));
            new PgqQueue(database.dataSource(), "orders").create();
            assertThat(ready(producers).getState()).isEqualTo(State.UP);
            assertThat(HealthCheckHelper.invokeLiveness(context.camel)).isEmpty();

            pool.close();
            assertThat(ready(producers).getState()).isEqualTo(State.DOWN);

            context.camel.getRouteController().stopRoute("order");
            context.camel.removeRoute("order");
            assertThat(producers.stream()).isEmpty();
        }
    }

    private static HealthCheck.Result ready(HealthCheckRepository producers) {
        return producers.stream().findFirst().orElseThrow().callReadiness();
    }
}
