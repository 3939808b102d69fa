package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.PgqBatch;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.testing.TestDatabase;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class CarriedHeadersIT {

    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    @Test
    void travelWithTheEvent() throws Exception {
        new PgqQueue(database.dataSource(), "q").create();
        try (var context = new PgqContext(database.pool(4))) {
            context.route(new RouteBuilder() {
                @Override
                public void configure() {
                    from("pgq:q?consumerName=c").process(exchange -> context.seen.add(exchange.copy()));
                }
            });
            context.start();
            context.camel
                    .createProducerTemplate()
                    .sendBodyAndHeaders(
                            "pgq:q?carryHeaders=tenant,missing",
                            "body",
                            Map.of("traceparent", TRACE, "tenant", "t1", "secret", "s"));
            context.awaitSeen(1);

            var headers = ((Exchange) context.seen.get(0)).getMessage().getHeaders();
            assertThat(headers)
                    .containsEntry(PgqConstants.EVENT_HEADERS, Map.of("traceparent", TRACE, "tenant", "t1"))
                    .containsEntry("traceparent", TRACE)
                    .doesNotContainKeys("tenant", "secret");
        }
    }

    @Test
    void bodiesConvert() throws Exception {
        new PgqQueue(database.dataSource(), "bodies").create();
        try (var context = new PgqContext(database.pool(4))) {
            context.route(new RouteBuilder() {
                @Override
                public void configure() {
                    from("pgq:bodies?consumerName=event&bodyType=EVENT").process(exchange -> {
                        context.seen.add(exchange.getMessage().getBody(String.class));
                        context.seen.add(exchange.getMessage().getBody(Map.class));
                        context.seen.add(exchange.getMessage().getBody(byte[].class).length);
                    });
                    from("pgq:bodies?consumerName=batch&batching=true").process(exchange -> {
                        var message = exchange.getMessage();
                        assertThat(message.getBody()).isInstanceOf(PgqBatch.class);
                        assertThat(message.getBody(List.class).size()).isEqualTo(1);
                        assertThat(message.getBody(Iterator.class).hasNext()).isTrue();
                        assertThatThrownBy(() -> message.getBody(String.class))
                                .hasStackTraceContaining("does not become text");
                        context.seen.add("batch");
                    });
                }
            });
            context.start();
            context.camel.createProducerTemplate().sendBody("pgq:bodies", Map.of("id", 1));
            context.awaitSeen(4);
            assertThat(context.seen).contains("{\"id\":1}", Map.of("id", 1L), 8, "batch");
        }
    }
}
