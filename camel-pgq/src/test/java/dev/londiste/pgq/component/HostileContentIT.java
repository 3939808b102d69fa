package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.pgq.NewEvent;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.testing.TestDatabase;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Content of events, names and globs are data: they steer no endpoint and never become SQL. */
@Timeout(60)
class HostileContentIT {

    private static final String HOSTILE = "x'); drop table pgq.retry_queue; --";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    @Test
    void eventContentBecomesHeadersOnlyUnderTheFixedNames() throws Exception {
        new PgqQueue(database.dataSource(), "content").create();
        try (var context = new PgqContext(database.pool(4))) {
            context.route(new RouteBuilder() {
                @Override
                public void configure() {
                    from("pgq:content?consumerName=c&bodyType=ROW")
                            .process(exchange -> context.seen.add(exchange.copy()));
                }
            });
            context.start();
            var json =
                    "{\"CamelPgqOperation\":\"DROP_QUEUE\",\"CamelHttpUri\":\"http://elsewhere\",\"breadcrumbId\":\"b\"}";
            new PgqQueue(database.dataSource(), "content")
                    .insert(List.of(
                            new NewEvent("I:id", json, "public.orders", json, json, json),
                            new NewEvent(
                                    "{\"op\":\"INSERT\",\"table\":[\"public\",\"orders\"],\"pkey\":[\"CamelHttpUri\"]}",
                                    json,
                                    "public.orders",
                                    null,
                                    null,
                                    json)));
            context.awaitSeen(2);
            assertThat(context.seen)
                    .allSatisfy(seen -> assertThat(
                                    ((Exchange) seen).getMessage().getHeaders().keySet())
                            .isSubsetOf(fixedNames())
                            .doesNotContain(PgqConstants.OPERATION, PgqConstants.OVERRIDE_QUEUE));
        }
    }

    private static List<String> fixedNames() throws IllegalAccessException {
        var names = new ArrayList<>(List.of(Exchange.MESSAGE_TIMESTAMP, "traceparent"));
        for (var field : PgqConstants.class.getFields()) {
            if (Modifier.isStatic(field.getModifiers())) {
                names.add((String) field.get(null));
            }
        }
        return names;
    }

    @Test
    void textOfUsersNeverBecomesSql() throws Exception {
        new PgqQueue(database.dataSource(), HOSTILE).create();
        try (var context = new PgqContext(database.pool(4))) {
            var endpoint = context.camel.getEndpoint("pgq:any?consumerName=c", PgqEndpoint.class);
            endpoint.setQueue(HOSTILE);
            var configuration = endpoint.getConfiguration();
            configuration.setConsumerName(HOSTILE);
            configuration.setTables(HOSTILE);
            configuration.setEventTypes(HOSTILE);
            configuration.setExtra1(HOSTILE);
            context.route(new RouteBuilder() {
                @Override
                public void configure() {
                    from(endpoint)
                            .routeId("hostile")
                            .process(exchange ->
                                    context.seen.add(exchange.getMessage().getBody(String.class)));
                }
            });
            context.start();
            var template = context.camel.createProducerTemplate();
            template.sendBodyAndHeader(endpoint, HOSTILE, PgqConstants.EVENT_TYPE, HOSTILE);
            context.awaitSeen(1);
            assertThat(context.seen).containsExactly(HOSTILE);
            context.camel.getRouteController().stopRoute("hostile");
            for (var operation : List.of("CONSUMER_INFO", "STATUS", "FORCE_TICK", "UNREGISTER", "DROP_QUEUE")) {
                var result = template.request(
                        endpoint, exchange -> exchange.getMessage().setHeader(PgqConstants.OPERATION, operation));
                assertThat(result.getException()).as(operation).isNull();
            }
            assertThat(database.<String>value("select to_regclass('pgq.retry_queue')::text"))
                    .isEqualTo("pgq.retry_queue");
        }
    }
}
