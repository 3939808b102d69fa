package dev.londiste.replication.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.PgqBatch;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.ExchangePattern;
import org.apache.camel.builder.AggregationStrategies;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of exchanges on their way to APPLY, for exchanges per batch and per event. */
@Timeout(180)
class WhatReachesApplyIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private static DataSource providerPool;
    private static DataSource subscriberPool;

    private final CamelContext context = new DefaultCamelContext();
    private Shop shop;

    @BeforeAll
    static void pools() {
        providerPool = provider.pool(20);
        subscriberPool = subscriber.pool(20);
    }

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
        shop.onBoth("create table $s.t (id int primary key, name text)").addToProvider("t");
        subscriber.rows("select londiste.subscriber_add_table(?, ?)", shop.queue(), shop.table("t"));
        subscriber.rows("select londiste.expect_sync(?, ?, null)", shop.queue(), shop.table("t"));
        long tick = shop.forceTick();
        provider.rows("select pgq.register_consumer(?, ?)", shop.queue(), shop.job());
        subscriber.rows(
                "insert into londiste.completed (consumer_id, queue_name, last_tick_id) values (?, ?, ?) returning 1",
                shop.job(),
                shop.queue(),
                tick);
        context.getRegistry().bind("provider", providerPool);
        context.getRegistry().bind("subscriber", subscriberPool);
        context.getShutdownStrategy().setTimeout(5);
    }

    @AfterEach
    void tearDown() {
        context.stop();
    }

    private String to() {
        return "londiste:" + shop.job() + "?provider=#provider&subscriber=#subscriber&queue=" + shop.queue();
    }

    /** A route from the job's consumer; failures come back after a moment. */
    private void route(boolean batching, Consumer<RouteDefinition> steps) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                steps.accept(from("pgq:" + shop.queue() + "?dataSource=#provider&consumerName=" + shop.job()
                        + "&retryDelay=200&batching=" + batching));
            }
        });
        context.start();
    }

    private void write() {
        shop.onProvider("insert into $s.t select i, 'x' from generate_series(1, 20) i; update $s.t set name = 'y'");
    }

    private void isReplicated() {
        write();
        shop.awaitSync();
        assertThat(shop.isEqual("t")).isTrue();
        assertThat(shop.content(subscriber, "t")).hasSize(20);
    }

    private void isRefused(String sentence) {
        write();
        Shop.await().until(() -> lastError() != null);
        assertThat(lastError()).contains(sentence);
        assertThat(shop.content(subscriber, "t")).isEmpty();
    }

    private String lastError() {
        return context.getComponent("londiste", LondisteComponent.class).runningJobs().all().stream()
                .map(running -> running.replay().statistics().snapshot().lastError())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void inOrderIntoOneTransaction(boolean batching) throws Exception {
        route(batching, route -> route.to(to()));
        isReplicated();
    }

    @Test
    void filterAndChoiceWork() throws Exception {
        route(
                false,
                route -> route.filter(exchange -> true)
                        .choice()
                        .when(header("CamelPgqEventType").startsWith("I"))
                        .to(to())
                        .otherwise()
                        .to(to())
                        .end());
        isReplicated();
    }

    private void wasCopied() {
        subscriber.execute(
                "update londiste.subscriber_table set expect_sync = false where queue_name = '" + shop.queue() + "'");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void filteredEventsOfATableThatWasCopiedAreRefused(boolean batching) throws Exception {
        wasCopied();
        route(
                batching,
                route -> route.filter(org.apache.camel.builder.Builder.constant(false))
                        .to(to()));
        isRefused("Only 0 of the 40 events of batch");
    }

    @Test
    void eventsThatFailBeforeApplyAndAreHandledAreRefused() throws Exception {
        wasCopied();
        route(
                false,
                route -> route.doTry()
                        .process(exchange -> {
                            if (exchange.getMessage()
                                    .getHeader("CamelPgqEventType", String.class)
                                    .startsWith("U")) {
                                throw new IllegalStateException("not this one");
                            }
                        })
                        .to(to())
                        .doCatch(IllegalStateException.class)
                        .log("left out")
                        .end());
        isRefused("Only 20 of the 40 events of batch");
    }

    @Test
    void consumersFilterOfATableThatWasCopiedIsRefused() throws Exception {
        wasCopied();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:" + shop.queue() + "?dataSource=#provider&consumerName=" + shop.job()
                                + "&retryDelay=200&batching=true&eventTypes=I:*")
                        .to(to());
            }
        });
        context.start();
        isRefused("Not all events of batch");
    }

    @Test
    void filteredEventsAreRefusedOnceATableAddedWithExpectSyncIsCopiedAfterAll() throws Exception {
        subscriber.rows("select londiste.forget_position(?, ?)", shop.job(), shop.queue());
        route(
                false,
                route -> route.filter(org.apache.camel.builder.Builder.constant(false))
                        .to(to()));
        shop.awaitSync();
        isRefused("Only 0 of the 40 events of batch");
    }

    @Test
    void filteredEventsOfATableThatWasNotCopiedAreLeftOut() throws Exception {
        route(
                false,
                route -> route.filter(header("CamelPgqEventType").startsWith("I"))
                        .to(to()));
        write();
        shop.awaitSync();
        assertThat(shop.content(subscriber, "t")).hasSize(20);
        assertThat(shop.isEqual("t")).isFalse();
    }

    private void filteredToAMirror(String options) throws Exception {
        route(
                false,
                route -> route.filter(header("CamelPgqEventType").startsWith("I"))
                        .to(to() + "&mirrorQueue=" + shop.queue() + "_mirror" + options));
    }

    @Test
    void C37_filteredEventsAreRefusedWhereOthersFollowAMirror() throws Exception {
        filteredToAMirror("");
        isRefused("mirrorQueue " + shop.queue() + "_mirror is to have all of them");
    }

    @Test
    void C37_mirrorHasWhatReachesApplyIfTheRouteMayTransform() throws Exception {
        filteredToAMirror("&routeTransforms=true");
        write();
        shop.awaitSync();
        int mirror =
                subscriber.value("select queue_id from pgq.queue where queue_name = '" + shop.queue() + "_mirror'");
        assertThat(subscriber
                        .rows("select distinct ev_type from pgq.event_" + mirror)
                        .toString())
                .isEqualTo("[{ev_type=I:id}]");
    }

    private static org.apache.camel.builder.ValueBuilder header(String name) {
        return org.apache.camel.builder.Builder.header(name);
    }

    @Test
    void splitWorks() throws Exception {
        route(
                true,
                route -> route.split(org.apache.camel.builder.Builder.body())
                        .streaming()
                        .to(to())
                        .end());
        isReplicated();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void multicastWorks(boolean batching) throws Exception {
        var others = new AtomicInteger();
        route(batching, route -> {
            context.getRegistry().bind("other", (org.apache.camel.Processor) exchange -> others.incrementAndGet());
            route.multicast().to("bean:other", to()).end();
        });
        isReplicated();
        assertThat(others).hasPositiveValue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void enrichWorks(boolean batching) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:more").setBody(constant("more"));
            }
        });
        route(
                batching,
                route -> route.enrich("direct:more", AggregationStrategies.useOriginal())
                        .to(to()));
        isReplicated();
    }

    @Test
    void routeThatReadsTheBatchFirstStillAppliesIt() throws Exception {
        route(
                true,
                route -> route.process(exchange -> {
                            int events = 0;
                            for (var event : exchange.getMessage().getBody(PgqBatch.class)) {
                                events += event.type() == null ? 0 : 1;
                            }
                            assertThat(events).isGreaterThanOrEqualTo(0);
                        })
                        .to(to()));
        isReplicated();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatReachedItIsCommittedWhateverLaterHappensToAnExchangeThatIsHandled(boolean batching) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                onException(IllegalStateException.class).handled(true);
                from("pgq:" + shop.queue() + "?dataSource=#provider&consumerName=" + shop.job() + "&batching="
                                + batching)
                        .to(to())
                        .throwException(new IllegalStateException("afterwards"));
            }
        });
        context.start();
        isReplicated();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void orContinued(boolean batching) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                onException(IllegalStateException.class).continued(true);
                from("pgq:" + shop.queue() + "?dataSource=#provider&consumerName=" + shop.job() + "&batching="
                                + batching)
                        .to(to())
                        .throwException(new IllegalStateException("afterwards"))
                        .log("continued");
            }
        });
        context.start();
        isReplicated();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void orSentToADeadLetterChannel(boolean batching) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(deadLetterChannel("log:dead"));
                from("pgq:" + shop.queue() + "?dataSource=#provider&consumerName=" + shop.job() + "&batching="
                                + batching)
                        .to(to())
                        .throwException(new IllegalStateException("afterwards"));
            }
        });
        context.start();
        isReplicated();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void exchangeThatEndsFailedAbortsTheBatch(boolean batching) throws Exception {
        route(batching, route -> route.to(to()).throwException(new IllegalStateException("fails in the end")));
        write();
        Shop.await().until(() -> lastError() != null);
        assertThat(shop.content(subscriber, "t")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void soDoesOneThatIsRollbackOnly(boolean batching) throws Exception {
        route(batching, route -> route.to(to()).markRollbackOnly());
        write();
        Shop.await().until(() -> lastError() != null);
        assertThat(shop.content(subscriber, "t")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void failedFlushCannotBeHandledAway(boolean batching) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                onException(Exception.class).handled(true);
                from("pgq:" + shop.queue() + "?dataSource=#provider&retryDelay=200&consumerName=" + shop.job()
                                + "&batching=" + batching)
                        .to(to());
            }
        });
        context.start();
        shop.onSubscriber("insert into $s.t values (20, 'in the way')");
        write();
        Shop.await().until(() -> lastError() != null);
        assertThat(shop.content(subscriber, "t")).hasSize(1);
        shop.onSubscriber("delete from $s.t");
        shop.awaitSync();
        assertThat(shop.isEqual("t")).isTrue();
    }

    private void handledRoute(boolean batching, Consumer<RouteDefinition> steps) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                onException(Exception.class).handled(true);
                steps.accept(from("pgq:" + shop.queue() + "?dataSource=#provider&retryDelay=200&consumerName="
                        + shop.job() + "&batching=" + batching));
            }
        });
        context.start();
    }

    /** The batch would be finished without it. */
    @ParameterizedTest
    @CsvSource({"true, I:id", "false, I:id", "true, X:id", "false, X:id"})
    void eventThatCannotBeReadCannotBeHandledAway(boolean batching, String type) throws Exception {
        handledRoute(batching, route -> route.to(to()));
        shop.onProvider("select pgq.insert_event_raw('$s_queue', null, now(), null, null, '" + type
                + "', '{\"id\":', '$s.t', null, null, null); insert into $s.t values (1, 'x')");
        Shop.await().until(() -> lastError() != null);
        assertThat(lastError()).contains("has failed already");
        assertThat(shop.content(subscriber, "t")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void eventOfAnotherThreadCannotBeHandledAway(boolean batching) throws Exception {
        handledRoute(batching, route -> route.threads(1).to(to()));
        isRefused("on the consumer's thread only");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void eventThatComesTwiceCannotBeHandledAway(boolean batching) throws Exception {
        handledRoute(batching, route -> route.to(to()).to(to()));
        isRefused("a replay takes each event of a batch once");
    }

    @Test
    void parallelExchangesAreRefused() throws Exception {
        route(
                true,
                route -> route.split(org.apache.camel.builder.Builder.body())
                        .parallelProcessing()
                        .stopOnException()
                        .to(to())
                        .end());
        isRefused("on the consumer's thread only");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void threadsAreRefused(boolean batching) throws Exception {
        route(batching, route -> route.threads(1).to(to()));
        isRefused("on the consumer's thread only");
    }

    @ParameterizedTest
    @ValueSource(strings = {"seda:later?waitForTaskToComplete=Always", "seda:later"})
    void sedaIsRefused(String later) throws Exception {
        var refused = new AtomicInteger();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                onException(Exception.class).process(exchange -> refused.incrementAndGet());
                from("seda:later").to(to());
            }
        });
        route(
                true,
                route -> route.to(later.contains("Always") ? ExchangePattern.InOut : ExchangePattern.InOnly, later));
        write();
        Shop.await().until(() -> refused.get() > 0);
        assertThat(shop.content(subscriber, "t")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void wireTapIsRefused(boolean batching) throws Exception {
        var refused = new AtomicInteger();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                onException(Exception.class).process(exchange -> refused.incrementAndGet());
                from("direct:tapped").to(to());
            }
        });
        route(batching, route -> route.wireTap("direct:tapped"));
        write();
        Shop.await().until(() -> refused.get() > 0);
        assertThat(shop.content(subscriber, "t")).isEmpty();
    }

    @Test
    void aggregatedExchangesAreRefused() throws Exception {
        var refused = new AtomicInteger();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                onException(Exception.class).handled(true).process(exchange -> refused.incrementAndGet());
                from("direct:events")
                        .aggregate(constant(true), AggregationStrategies.groupedBody())
                        .completionTimeout(100)
                        .to(to());
            }
        });
        route(false, route -> route.to("direct:events"));
        write();
        Shop.await().until(() -> refused.get() > 0);
        assertThat(shop.content(subscriber, "t")).isEmpty();
    }

    @Test
    void lateOnesAndThoseWithoutAnOpenBatchAreRefused() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:late").to(to());
            }
        });
        context.start();
        var event = new Event(1, java.time.Instant.EPOCH, 1, 0, "I:id", "{}", shop.table("t"), null, null, null);
        assertThatThrownBy(() -> context.createFluentProducerTemplate()
                        .to("direct:late")
                        .withBody(List.of(event))
                        .withHeader("CamelPgqBatchId", 1L)
                        .request())
                .rootCause()
                .hasMessageContaining("without an open batch");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void onCompletionRunsBeforeTheCommit(boolean batching) throws Exception {
        var committed = new AtomicInteger();
        var completed = new AtomicInteger();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:" + shop.queue() + "?dataSource=#provider&consumerName=" + shop.job() + "&batching="
                                + batching)
                        .onCompletion()
                        .modeBeforeConsumer()
                        .process(exchange -> {
                            completed.incrementAndGet();
                            committed.addAndGet(shop.content(subscriber, "t").size());
                        })
                        .end()
                        .to(to());
            }
        });
        context.start();
        shop.onProvider("insert into $s.t values (1, 'x')");
        shop.awaitSync();
        assertThat(completed).hasPositiveValue();
        assertThat(committed).hasValue(0);
    }

    @Test
    void headerThatAsksForAnotherOperationIsRefused() throws Exception {
        route(
                true,
                route -> route.setHeader(
                                LondisteConstants.OPERATION, org.apache.camel.builder.Builder.constant("STATUS"))
                        .to(to()));
        isRefused("is the replay of its job and does nothing else");
    }

    @Test
    void lazyStartProducerIsRefused() {
        assertThatThrownBy(() -> {
                    route(true, route -> route.to(to() + "&lazyStartProducer=true"));
                    write();
                    context.createFluentProducerTemplate()
                            .to(to() + "&lazyStartProducer=true")
                            .request();
                })
                .hasStackTraceContaining("lazyStartProducer must be false");
    }

    @Test
    void toDynamicEndpointIsRefused() throws Exception {
        var refused = new AtomicInteger();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                onException(Exception.class).process(exchange -> refused.incrementAndGet());
                from("direct:dynamic").toD(to() + "&parallelCopies=${header.copies}");
            }
        });
        route(
                true,
                route -> route.setHeader("copies", org.apache.camel.builder.Builder.constant(1))
                        .to("direct:dynamic"));
        write();
        Shop.await().until(() -> refused.get() > 0);
        assertThat(shop.content(subscriber, "t")).isEmpty();
    }
}
