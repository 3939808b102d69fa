package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.londiste.pgq.NewEvent;
import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every row of the table in docs/errors.md is what happens, and the table in the file is made of these rows. */
@Timeout(120)
class ErrorTableIT {

    private static final String QUEUE = "errors";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    static Stream<ErrorRow> rows() {
        return ErrorTable.ROWS.stream();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void whatTheTableSaysHappens(ErrorRow row) throws Exception {
        var consumer = "c" + ErrorTable.ROWS.indexOf(row);
        var queue = new PgqQueue(database.dataSource(), QUEUE);
        queue.create();
        var client = new PgqConsumerClient(database.dataSource(), QUEUE, consumer);
        client.register();
        queue.insert(Stream.of("1", "2", "3")
                .map(data -> new NewEvent("test", data, data, null, null, null))
                .toList());
        long tick = queue.forceTick();
        var delay = row.options().contains("retryDelay") ? "" : "&retryDelay=100ms";
        try (var context = new PgqContext(database.pool(6))) {
            var steps = new Once(context);
            context.route(new RouteBuilder() {
                @Override
                public void configure() {
                    from("seda:failing").process(steps.sink()).process(steps.fails());
                    from("direct:failing")
                            .errorHandler(noErrorHandler())
                            .process(steps.sink())
                            .process(steps.fails());
                    row.route()
                            .accept(from("pgq:" + QUEUE + "?consumerName=" + consumer + delay + row.options()), steps);
                }
            });
            context.start();
            await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> {
                assertThat(sorted(row, context.seen)).isEqualTo(sorted(row, row.sink()));
                assertThat(database.<Long>value("select last_tick from pgq.get_consumer_info(?, ?)", QUEUE, consumer))
                        .isGreaterThanOrEqualTo(tick);
            });
        } finally {
            client.unregister();
        }
    }

    /** Side by side there is no order among events of different keys, and how many have begun is a matter of chance. */
    private static List<Object> sorted(ErrorRow row, List<?> seen) {
        Stream<Object> events = List.copyOf(seen).stream().map(Object.class::cast);
        return row.options().contains("maxInFlight")
                ? events.distinct().sorted().toList()
                : events.toList();
    }

    /** Rewrites the file when it is stale, so that the change shows. */
    @Test
    void theTableOfTheDocsIsMadeOfTheseRows() throws IOException {
        var root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("docs/errors.md"))) {
            root = root.getParent();
        }
        var file = root.resolve("docs/errors.md");
        var text = Files.readString(file);
        var renewed = text.replaceFirst(
                "(?s)(<!-- rows of ErrorTable -->\n).*?(<!-- end of rows -->)", "$1" + quoted() + "$2");
        if (!renewed.equals(text)) {
            Files.writeString(file, renewed);
        }
        assertThat(renewed).contains(ErrorTable.markdown());
    }

    private static String quoted() {
        return ErrorTable.markdown().replace("\\", "\\\\").replace("$", "\\$");
    }

    private record Once(PgqContext context, AtomicBoolean failed) implements ErrorRow.Steps {

        Once(PgqContext context) {
            this(context, new AtomicBoolean());
        }

        @Override
        public Processor sink() {
            return exchange -> context.seen.add(body(exchange));
        }

        @Override
        public Processor fails() {
            return exchange -> {
                if (body(exchange).equals("2") && failed.compareAndSet(false, true)) {
                    throw new IllegalStateException("the first time");
                }
            };
        }

        @Override
        public String failingRoute() {
            return "direct:failing";
        }

        private static String body(Exchange exchange) {
            return exchange.getMessage().getBody(String.class);
        }
    }
}
