package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.NewEvent;
import dev.londiste.pgq.PgqBatch;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.processor.idempotent.MemoryIdempotentRepository;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The snippets of docs/pgq.md and docs/errors.md at work. */
@Timeout(60)
class GuideIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    @Test
    void duplicatesAreRemovedByQueueAndEventId() throws Exception {
        var failures = new AtomicBoolean(true);
        try (var context = new PgqContext(database.pool(4))) {
            context.camel.getRegistry().bind("seenEvents", MemoryIdempotentRepository.memoryIdempotentRepository(10));
            context.route(new Deduplicated());
            context.route(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:mail")
                            .errorHandler(noErrorHandler())
                            .process(exchange ->
                                    context.seen.add(exchange.getMessage().getBody(String.class)));
                    from("direct:flaky").errorHandler(noErrorHandler()).process(exchange -> {
                        if (failures.getAndSet(false)) {
                            throw new IllegalStateException("after the mail");
                        }
                    });
                }
            });
            context.start();
            new PgqQueue(database.dataSource(), "mails").insert(new NewEvent("welcome", "to a new customer"));
            await().atMost(Duration.ofSeconds(20)).until(() -> !failures.get() && finished("mails", "mailer"));
            assertThat(context.seen).containsExactly("to a new customer");
        }
    }

    static class Deduplicated extends RouteBuilder {
        @Override
        public void configure() {
            // snippet: deduplicated
            from("pgq:mails?consumerName=mailer&autoCreateQueue=true&retryDelay=1s")
                    .idempotentConsumer(simple("${header.CamelPgqQueue}/${header.CamelPgqEventId}"))
                    .idempotentRepository("seenEvents")
                    .removeOnFailure(false)
                    .to("direct:mail")
                    .end()
                    .to("direct:flaky");
            // end of snippet
        }
    }

    @Test
    void eventsAreCollectedWithoutAnAggregator() throws Exception {
        try (var context = new PgqContext(database.pool(4))) {
            context.route(new Collected());
            context.route(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:bulk").process(exchange -> {
                        List<?> rows = exchange.getMessage().getBody(List.class);
                        context.seen.addAll(rows);
                    });
                }
            });
            context.start();
            new PgqQueue(database.dataSource(), "clicks")
                    .insert(List.of(
                            new NewEvent("click", "1"), new NewEvent("click", "2"), new NewEvent("click", "3")));
            context.awaitSeen(3);
            assertThat(context.seen).containsExactly("1", "2", "3");
        }
    }

    static class Collected extends RouteBuilder {
        @Override
        public void configure() {
            // snippet: collected
            from("pgq:clicks?consumerName=bulk&batching=true&autoCreateQueue=true")
                    .process(exchange -> {
                        var rows = new ArrayList<String>();
                        for (Event event : exchange.getMessage().getBody(PgqBatch.class)) {
                            rows.add(event.data());
                        }
                        exchange.getMessage().setBody(rows);
                    })
                    .to("direct:bulk");
            // end of snippet
        }
    }

    @Test
    void givenUpEventsAreListedRetriedAndDeleted() throws Exception {
        var failures = new AtomicBoolean(true);
        try (var context = new PgqContext(database.pool(4))) {
            context.route(new GivenUp());
            context.route(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:warehouse").errorHandler(noErrorHandler()).process(exchange -> {
                        if (failures.get()) {
                            throw new IllegalStateException("the warehouse is closed");
                        }
                        context.seen.add(exchange.getMessage().getBody(String.class));
                    });
                }
            });
            context.start();
            var template = context.camel.createProducerTemplate();
            new PgqQueue(database.dataSource(), "shipments").insert(new NewEvent("ship", "parcel"));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> !rows(template.requestBody("direct:failed", (Object) null))
                            .isEmpty());
            assertThat(rows(template.requestBody("direct:failed", (Object) null)))
                    .singleElement()
                    .satisfies(row -> assertThat(row)
                            .containsEntry("ev_data", "parcel")
                            .extractingByKey("ev_failed_reason")
                            .asString()
                            .contains("the warehouse is closed"));
            failures.set(false);
            assertThat(rows(template.requestBody("direct:again", (Object) null)))
                    .singleElement()
                    .satisfies(row -> assertThat(row).containsEntry("changed", true));
            context.awaitSeen(1);
            assertThat(rows(template.requestBody("direct:failed", (Object) null)))
                    .isEmpty();
        }
    }

    static class GivenUp extends RouteBuilder {
        @Override
        public void configure() {
            // snippet: given-up
            from("pgq:shipments?consumerName=warehouse&onFailure=FAILED_QUEUE&autoCreateQueue=true")
                    .to("direct:warehouse");

            from("direct:failed").to("pgq:shipments?consumerName=warehouse&operation=FAILED_EVENTS");
            from("direct:again")
                    .to("pgq:shipments?consumerName=warehouse&operation=FAILED_EVENTS")
                    .to("pgq:shipments?consumerName=warehouse&operation=RETRY_FAILED");
            // end of snippet
        }
    }

    @Test
    void workersShareTheEventsOfOneConsumer() throws Exception {
        try (var context = new PgqContext(database.pool(8))) {
            context.camel.getPropertiesComponent().addInitialProperty("node", "a");
            context.route(new Workers());
            context.route(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:resize")
                            .process(exchange ->
                                    context.seen.add(exchange.getMessage().getBody(String.class)));
                }
            });
            context.start();
            new PgqQueue(database.dataSource(), "pictures").insert(new NewEvent("upload", "cat.jpeg"));
            context.awaitSeen(1);
            assertThat(database.rows("select consumer_name from pgq.get_consumer_info('pictures')"))
                    .extracting(row -> row.get("consumer_name"))
                    .containsExactly("resizer", "resizer.a");
        }
    }

    static class Workers extends RouteBuilder {
        @Override
        public void configure() {
            // snippet: workers
            from("pgq:pictures?consumerName=resizer&subconsumer={{node}}&deadInterval=1m&autoCreateQueue=true")
                    .to("direct:resize");
            // end of snippet
        }
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> rows(Object body) {
        return (List<Map<String, Object>>) body;
    }

    private static boolean finished(String queue, String consumer) {
        return database.<Boolean>value("""
                select current_batch is null and pending_events = 0 and last_tick > 1
                  from pgq.get_consumer_info(?, ?)
                """, queue, consumer);
    }
}
