package dev.londiste.replication.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.WatchedDataSource;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The replay as users run it: a route from pgq: to londiste:. */
@Timeout(120)
class RouteIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private final CamelContext context = new DefaultCamelContext();
    private Shop shop;

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
        shop.onBoth("create table $s.t (id int primary key, name text)");
        context.getRegistry().bind("provider", provider.pool(10));
        context.getRegistry().bind("subscriber", subscriber.pool(10));
        context.getShutdownStrategy().setTimeout(10);
    }

    @AfterEach
    void tearDown() {
        context.stop();
    }

    private void start(RouteBuilder routes) throws Exception {
        context.addRoutes(routes);
        context.start();
    }

    private String from(String options) {
        return "pgq:" + shop.queue() + "?dataSource=#provider&consumerName=" + shop.job() + "&retryDelay=200&"
                + options;
    }

    private String to() {
        return "londiste:" + shop.job() + "?provider=#provider&subscriber=#subscriber&queue=" + shop.queue();
    }

    private Object operation(LondisteOperation operation, Map<String, Object> headers) {
        var uri = to() + "&operation=STATUS";
        return context.createFluentProducerTemplate()
                .to(uri)
                .withHeaders(headers)
                .withHeader(LondisteConstants.OPERATION, operation)
                .request();
    }

    @Test
    void C41_connectionsOfAJobAreWatchedOnBothSides() throws Exception {
        var job = context.getEndpoint(to(), LondisteEndpoint.class).job();
        assertThat(job.subscriber()).isInstanceOf(WatchedDataSource.class);
        assertThat(job.provider().isWrapperFor(WatchedDataSource.class)).isTrue();
        assertThat(job.providerPool()).isSameAs(context.getRegistry().lookupByName("provider"));
    }

    @Test
    void batchesAreReplicated() throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(RouteIT.this.from("batching=true")).to(to());
            }
        });
        replicatesATable();
    }

    @Test
    void singleEventsAreReplicated() throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(RouteIT.this.from("batching=false")).to(to());
            }
        });
        replicatesATable();
    }

    @Test
    void splitAndFilteredAndChosenEventsAreReplicated() throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(RouteIT.this.from("batching=true"))
                        .split(body())
                        .streaming()
                        .choice()
                        .when(exchange ->
                                exchange.getMessage().getBody(Event.class).id() % 2 == 0)
                        .to(to())
                        .otherwise()
                        .to(to())
                        .end();
            }
        });
        replicatesATable();
    }

    private void replicatesATable() {
        shop.onProvider("insert into $s.t select i, 'x' from generate_series(1, 100) i");
        operation(LondisteOperation.PROVIDER_ADD, Map.of(LondisteConstants.TABLES, shop.table("t")));
        operation(LondisteOperation.SUBSCRIBER_ADD, Map.of(LondisteConstants.TABLES, shop.table("t")));
        shop.awaitSync();
        shop.onProvider("update $s.t set name = 'y' where id < 50; delete from $s.t where id > 90");
        shop.awaitSync();
        assertThat(shop.isEqual("t")).isTrue();
        assertThat(shop.content(subscriber, "t")).hasSize(90);
    }

    @Test
    void C21_routeThatFiltersEverythingStillMovesThePositionAndTakesANewTableToOk() throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(RouteIT.this.from("batching=false"))
                        .filter(constant(false))
                        .to(to() + "&routeTransforms=true");
            }
        });
        shop.onProvider("insert into $s.t values (1, 'copied')");
        operation(LondisteOperation.PROVIDER_ADD, Map.of(LondisteConstants.TABLES, shop.table("t")));
        operation(LondisteOperation.SUBSCRIBER_ADD, Map.of(LondisteConstants.TABLES, shop.table("t")));
        shop.awaitSync();
        assertThat(shop.content(subscriber, "t")).hasSize(1);
        shop.onProvider("insert into $s.t values (2, 'filtered out')");
        shop.awaitSync();
        assertThat(shop.content(subscriber, "t")).hasSize(1);
    }

    @Test
    void exchangeThatFailsAfterwardsAbortsTheWholeBatch() throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from(RouteIT.this.from("batching=false")).to(to()).process(exchange -> {
                    if (Objects.equals(
                            exchange.getProperty("CamelPgqEvent", Event.class).data(), badRow())) {
                        throw new IllegalStateException("made to fail");
                    }
                });
            }

            private String badRow() {
                return "{\"id\":2,\"name\":\"bad\"}";
            }
        });
        addTableInSync();
        shop.onProvider("insert into $s.t values (1, 'good'), (2, 'bad')");
        Shop.await().until(() -> status().get("last_error") != null);
        assertThat(shop.content(subscriber, "t")).isEmpty();
    }

    @Test
    void handledFailureKeepsWhatReachedTheReplay() throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                onException(IllegalStateException.class).handled(true);
                from(RouteIT.this.from("batching=false")).to(to()).process(exchange -> {
                    throw new IllegalStateException("handled");
                });
            }
        });
        addTableInSync();
        shop.onProvider("insert into $s.t values (1, 'kept')");
        shop.awaitSync();
        assertThat(shop.content(subscriber, "t")).hasSize(1);
    }

    @Test
    void handledFailureOfTheReplayItselfCannotFinishTheBatch() throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                onException(Exception.class).handled(true);
                from(RouteIT.this.from("batching=false")).to(to());
            }
        });
        addTableInSync();
        shop.onSubscriber("insert into $s.t values (1, 'in the way')");
        shop.onProvider("insert into $s.t values (1, 'new')");
        Shop.await().until(() -> status().get("last_error") != null);
        assertThat(shop.content(subscriber, "t").get(0).get("row")).isEqualTo("(1,\"in the way\")");
        shop.onSubscriber("delete from $s.t");
        shop.awaitSync();
        assertThat(shop.isEqual("t")).isTrue();
    }

    @Test
    void eventsFromAnotherThreadAreRefusedInOneSentence() throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from(RouteIT.this.from("batching=true"))
                        .split(body())
                        .parallelProcessing()
                        .stopOnException()
                        .to(to());
            }
        });
        // The registration itself is an event already.
        shop.add("t");
        Shop.await().until(() -> status().get("last_error") != null);
        assertThat((String) status().get("last_error")).contains("on the consumer's thread only");
        assertThat(shop.content(subscriber, "t")).isEmpty();
    }

    @Test
    void lateEventsAreRefusedInOneSentence() throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(RouteIT.this.from("batching=true")).to(to());
                from("direct:late").to(to());
            }
        });
        var event = new Event(1, java.time.Instant.EPOCH, 1, 0, "I:id", "{}", shop.table("t"), null, null, null);
        assertThatThrownBy(() -> context.createFluentProducerTemplate()
                        .to("direct:late")
                        .withBody(event)
                        .withHeader("CamelPgqBatchId", 1L)
                        .request())
                .rootCause()
                .isInstanceOf(PgqException.class)
                .hasMessageContaining("without an open batch");
        assertThatThrownBy(() -> context.createFluentProducerTemplate()
                        .to("direct:late")
                        .withBody("no event")
                        .request())
                .rootCause()
                .hasMessageContaining("a replay is a route from pgq: to londiste:");
    }

    @Test
    void replayDoesNothingElseWhateverAHeaderSays() throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:in").to(to());
            }
        });
        assertThatThrownBy(() -> context.createFluentProducerTemplate()
                        .to("direct:in")
                        .withHeader(LondisteConstants.OPERATION, "STATUS")
                        .request())
                .rootCause()
                .hasMessageContaining("use an endpoint whose option operation is not APPLY");
    }

    @Test
    void missingOptionsAreNamed() {
        assertThatThrownBy(() -> start(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:in").to("londiste:job?provider=#provider");
                    }
                }))
                .rootCause()
                .hasMessageContaining("APPLY of londiste:job needs the option subscriber and queue");
    }

    @Test
    void statusTellsWhatTheReplayHasDone() throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(RouteIT.this.from("batching=true")).to(to());
            }
        });
        addTableInSync();
        shop.onProvider("insert into $s.t values (1, 'x'), (2, 'y')");
        shop.awaitSync();
        assertThat(status())
                .containsEntry("job_name", shop.job())
                .containsEntry("active", true)
                .containsEntry("events_applied", 2L)
                .containsEntry("tables_by_state", Map.of("ok", 1L))
                .containsEntry("last_error", null)
                .containsKeys("lag", "pending_events", "last_tick", "provider_last_tick");
    }

    private Map<String, Object> status() {
        return rows(operation(LondisteOperation.STATUS, Map.of())).get(0);
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> rows(Object result) {
        return (List<Map<String, Object>>) result;
    }

    private void addTableInSync() {
        operation(LondisteOperation.PROVIDER_ADD, Map.of(LondisteConstants.TABLES, shop.table("t")));
        operation(LondisteOperation.SUBSCRIBER_ADD, Map.of(LondisteConstants.TABLES, shop.table("t")));
        shop.awaitSync();
    }
}
