package dev.londiste.replication.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.PgqException;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sentences of Londiste's manual page that no other test holds, as operations of the component. */
@Timeout(180)
class ManualPageIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase second = TestDatabase.withLondiste();

    private final CamelContext context = new DefaultCamelContext();
    private Shop shop;

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
        context.getRegistry().bind("provider", provider.pool(10));
        context.getRegistry().bind("subscriber", subscriber.pool(10));
        context.getRegistry().bind("second", second.pool(10));
        context.getShutdownStrategy().setTimeout(10);
        context.start();
    }

    @AfterEach
    void tearDown() {
        context.stop();
    }

    private List<Map<String, Object>> run(LondisteOperation operation, Object... namesAndValues) {
        return run("subscriber", "", operation, null, namesAndValues);
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> run(
            String to, String options, LondisteOperation operation, Object body, Object... namesAndValues) {
        var template = context.createFluentProducerTemplate()
                .to("londiste:" + to + "_job?provider=#provider&subscriber=#" + to + "&queue=" + shop.queue()
                        + "&operation=STATUS" + options)
                .withBody(body)
                .withHeader(LondisteConstants.OPERATION, operation);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            template.withHeader((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        try {
            return template.request(List.class);
        } catch (CamelExecutionException e) {
            throw e.getCause() instanceof PgqException cause ? cause : e;
        }
    }

    private static List<Object> column(List<Map<String, Object>> rows, String name) {
        return rows.stream().map(row -> row.get(name)).toList();
    }

    private void replay(String... subscribers) throws Exception {
        for (var to : subscribers) {
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("pgq:" + shop.queue() + "?dataSource=#provider&batching=true&consumerName=" + to + "_job")
                            .to("londiste:" + to + "_job?provider=#provider&subscriber=#" + to + "&queue="
                                    + shop.queue());
                }
            });
        }
    }

    @Test
    void providerInstallServesBothDatabasesAndMakesTheQueue() {
        var here = TestDatabase.on(provider.server());
        var there = TestDatabase.on(subscriber.server());
        context.getRegistry().bind("here", here.dataSource());
        context.getRegistry().bind("there", there.dataSource());
        var result = context.createFluentProducerTemplate()
                .to("londiste:job?provider=#here&subscriber=there&queue=made&operation=PROVIDER_INSTALL")
                .request(List.class);
        assertThat(result.size()).isEqualTo(3);
        assertThat(here.<String>value("select queue_name from pgq.queue")).isEqualTo("made");
        assertThat(there.rows("select londiste.version()")).hasSize(1);
        assertThat(there.rows("select from pgq.queue")).isEmpty();
    }

    @Test
    void subscriberInstallMakesASubscriberOfAnEmptyDatabase() {
        var there = TestDatabase.on(subscriber.server());
        context.getRegistry().bind("there", there.dataSource());
        assertThat(changedByInstall()).containsExactly(true);
        assertThat(there.rows("select londiste.version()")).hasSize(1);
        there.execute("create table plain (id int primary key)");
        assertThat(there.rows("select londiste.subscriber_add_table('any', 'plain')"))
                .hasSize(1);
        assertThat(changedByInstall()).containsExactly(false);
    }

    @SuppressWarnings("unchecked")
    private List<Object> changedByInstall() {
        List<Map<String, Object>> rows = context.createFluentProducerTemplate()
                .to("londiste:job?subscriber=#there&queue=any&operation=SUBSCRIBER_INSTALL")
                .request(List.class);
        return column(rows, "changed");
    }

    @Test
    void locksAreHeldAndWaitedForTenSeconds() {
        var endpoint = context.getEndpoint("londiste:job?queue=any&provider=#provider", LondisteEndpoint.class);
        assertThat(endpoint.getConfiguration().getLockTimeout()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void changesOfATableThatWasAddedBecomeEvents() {
        shop.onProvider("create table $s.t (id int primary key); insert into $s.t values (1)");
        run(LondisteOperation.PROVIDER_ADD, LondisteConstants.TABLES, shop.table("t"));
        shop.onProvider("insert into $s.t values (2); update $s.t set id = 3 where id = 2; delete from $s.t");
        assertThat(provider.rows(
                        "select ev_type from pgq.event_template where ev_extra1 = ? and ev_type <> 'T' order by ev_id",
                        shop.table("t")))
                .extracting(row -> row.get("ev_type").toString().substring(0, 1))
                .containsExactly("I", "U", "D", "D");
    }

    @Test
    void foreignKeysArePendingAndActive() {
        shop.onBoth("create table $s.a (id int primary key);"
                        + " create table $s.b (id int primary key, a int constraint still_there references $s.a);"
                        + " create table $s.c (id int primary key, a int constraint put_aside references $s.a)")
                .add("b", "c");
        subscriber.rows("select londiste.subscriber_drop_table_fkey(?, 'put_aside')", shop.table("c"));
        assertThat(namesByState(LondisteOperation.SUBSCRIBER_FKEYS, "fkey_name"))
                .containsExactlyInAnyOrder("active still_there", "pending put_aside");
        assertThat(names(LondisteOperation.SUBSCRIBER_FKEYS, "fkey_name", "pending"))
                .containsExactly("put_aside");
        assertThat(names(LondisteOperation.SUBSCRIBER_FKEYS, "fkey_name", "active"))
                .containsExactly("still_there");
    }

    @Test
    void triggersStayPendingUntilTheyAreRestoredOneByOneOrAllTogether() {
        shop.onBoth("create table $s.t (id int primary key)")
                .onSubscriber("create function $s.f() returns trigger language plpgsql as 'begin return new; end';"
                        + " create trigger one before insert on $s.t for each row execute function $s.f();"
                        + " create trigger two before insert on $s.t for each row execute function $s.f();"
                        + " create trigger three before insert on $s.t for each row execute function $s.f()")
                .add("t");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            shop.onProvider("insert into $s.t values (1)");
            shop.awaitSync();
            assertThat(replay.lastError()).isNull();
        }
        assertThat(shop.state("t")).isEqualTo("ok");
        assertThat(names(LondisteOperation.SUBSCRIBER_TRIGGERS, "trigger_name", "pending"))
                .containsExactlyInAnyOrder("one", "two", "three");

        run(
                LondisteOperation.SUBSCRIBER_RESTORE_TRIGGERS,
                LondisteConstants.TABLES,
                shop.table("t"),
                LondisteConstants.TRIGGER,
                "two");
        assertThat(namesByState(LondisteOperation.SUBSCRIBER_TRIGGERS, "trigger_name"))
                .containsExactlyInAnyOrder("pending one", "active two", "pending three");
        assertThat(names(LondisteOperation.SUBSCRIBER_TRIGGERS, "trigger_name", "active"))
                .containsExactly("two");

        run(LondisteOperation.SUBSCRIBER_RESTORE_TRIGGERS, LondisteConstants.TABLES, shop.table("t"));
        assertThat(names(LondisteOperation.SUBSCRIBER_TRIGGERS, "trigger_name", "pending"))
                .isEmpty();
        assertThat(subscriber.rows(
                        "select tgname from pg_trigger where not tgisinternal and tgrelid = ?::regclass"
                                + " and tgname in ('one', 'two', 'three')",
                        shop.table("t")))
                .hasSize(3);
    }

    private List<Object> names(LondisteOperation operation, String name, String type) {
        return column(run(operation, LondisteConstants.TYPE, type), name);
    }

    private List<String> namesByState(LondisteOperation operation, String name) {
        return run(operation).stream()
                .map(row -> row.get("state") + " " + row.get(name))
                .toList();
    }

    @Test
    void namesWithoutASchemaMeanPublic() {
        provider.execute("create table plain (id int primary key); create sequence numbers");
        subscriber.execute("create table plain (id int primary key); create sequence numbers");
        assertThat(column(run(LondisteOperation.PROVIDER_ADD, LondisteConstants.TABLES, "plain"), "table_name"))
                .containsExactly("public.plain");
        assertThat(column(run(LondisteOperation.SUBSCRIBER_ADD, LondisteConstants.TABLES, "pla*"), "table_name"))
                .containsExactly("public.plain");
        assertThat(column(run(LondisteOperation.PROVIDER_ADD_SEQ, LondisteConstants.TABLES, "numbers"), "seq_name"))
                .containsExactly("public.numbers");
        assertThat(column(run(LondisteOperation.SUBSCRIBER_ADD_SEQ, LondisteConstants.TABLES, "n?mbers"), "seq_name"))
                .containsExactly("public.numbers");
        assertThat(column(run(LondisteOperation.SUBSCRIBER_REMOVE, LondisteConstants.TABLES, "plain"), "table_name"))
                .containsExactly("public.plain");
        assertThat(column(run(LondisteOperation.PROVIDER_REMOVE, LondisteConstants.TABLES, "plain"), "table_name"))
                .containsExactly("public.plain");
        provider.execute("drop table plain; drop sequence numbers");
    }

    @Test
    void addAllTakesEveryTableButOursTheSystemsAndLeavesOfPartitionedOnes() {
        shop.onProvider("create table $s.a (id int primary key); create table $s.p (id int primary key) partition by"
                + " range (id); create table $s.p1 partition of $s.p for values from (0) to (9);"
                + " create temporary table passing (id int)");
        var names = column(run(LondisteOperation.PROVIDER_ADD, LondisteConstants.ALL, true), "table_name");
        assertThat(names)
                .contains(shop.table("a"), shop.table("p"))
                .doesNotContain(shop.table("p1"))
                .allSatisfy(
                        name -> assertThat((String) name).doesNotStartWith("pg").doesNotStartWith("londiste"));
        assertThat(column(run(LondisteOperation.PROVIDER_REMOVE, LondisteConstants.ALL, true), "table_name"))
                .hasSameElementsAs(names);
        assertThat(run(LondisteOperation.PROVIDER_TABLES)).isEmpty();
        assertThat(provider.rows(
                        "select from pg_trigger where tgname like '!londiste%' and tgrelid = ?::regclass",
                        shop.table("a")))
                .isEmpty();
        shop.onProvider("drop table $s.a, $s.p");
    }

    @Test
    void addAllNamesEveryTableWithoutAKeyAndAddsNone() {
        shop.onProvider("create table $s.good (id int primary key); create table $s.one (v int);"
                + " create table $s.two (v int)");
        assertThatThrownBy(() -> run(LondisteOperation.PROVIDER_ADD, LondisteConstants.ALL, true))
                .hasMessageContaining(shop.table("one") + ", " + shop.table("two") + " have no primary key");
        assertThat(run(LondisteOperation.PROVIDER_TABLES)).isEmpty();
        shop.onProvider("drop table $s.good, $s.one, $s.two");
    }

    @Test
    void everySubscriberFollowsTheProviderAndItsRemovals() throws Exception {
        shop.onBoth("create table $s.a (id int primary key); create table $s.b (id int primary key)");
        second.execute(shop.sql("create schema $s; create table $s.a (id int primary key);"
                + " create table $s.b (id int primary key)"));
        shop.onProvider("insert into $s.a values (1)");
        replay("subscriber", "second");
        run(LondisteOperation.PROVIDER_ADD, LondisteConstants.TABLES, shop.table("*"));
        for (var to : List.of("subscriber", "second")) {
            assertThat(column(
                            run(to, "", LondisteOperation.SUBSCRIBER_ADD, null, LondisteConstants.ALL, true),
                            "table_name"))
                    .containsExactly(shop.table("a"), shop.table("b"));
        }
        shop.onProvider("insert into $s.a values (2)");
        for (var database : List.of(subscriber, second)) {
            Shop.await().until(() -> shop.content(database, "a").size() == 2);
        }
        run(LondisteOperation.PROVIDER_REMOVE, LondisteConstants.TABLES, shop.table("a"));
        for (var to : List.of("subscriber", "second")) {
            Shop.await()
                    .until(() -> column(run(to, "", LondisteOperation.SUBSCRIBER_TABLES, null), "table_name")
                            .equals(List.of(shop.table("b"))));
        }
    }

    @Test
    void tablesAndSequencesOfEitherSideAreListed() {
        shop.onBoth("create table $s.t (id int primary key); create sequence $s.q")
                .add("t");
        run(LondisteOperation.PROVIDER_ADD_SEQ, LondisteConstants.TABLES, shop.table("q"));
        run(LondisteOperation.SUBSCRIBER_ADD_SEQ, LondisteConstants.TABLES, shop.table("q"));
        assertThat(run(LondisteOperation.PROVIDER_TABLES))
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("table_name", shop.table("t"))
                        .containsEntry("key_columns", List.of("id")));
        assertThat(run(LondisteOperation.SUBSCRIBER_TABLES))
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("table_name", shop.table("t"))
                        .containsEntry("state", "NEW"));
        assertThat(run(LondisteOperation.PROVIDER_SEQS)).containsExactly(Map.of("seq_name", shop.table("q")));
        assertThat(run(LondisteOperation.SUBSCRIBER_SEQS)).containsExactly(Map.of("seq_name", shop.table("q")));
        assertThat(run(LondisteOperation.SUBSCRIBER_REMOVE_SEQ, LondisteConstants.TABLES, shop.table("q")))
                .containsExactly(Map.of("seq_name", shop.table("q"), "changed", true));
        assertThat(run(LondisteOperation.PROVIDER_REMOVE_SEQ, LondisteConstants.TABLES, shop.table("q")))
                .containsExactly(Map.of("seq_name", shop.table("q"), "changed", true));
        assertThat(run(LondisteOperation.PROVIDER_SEQS)).isEmpty();
        assertThat(run(LondisteOperation.SUBSCRIBER_SEQS)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"SUBSCRIBER_TABLES", "FAILED_EVENTS", "RETRY_FAILED", "DELETE_FAILED", "COMPARE", "WAIT_SYNC"})
    void nameThatIsNoneOfTheTablesIsAnErrorAndNotAnEmptyList(LondisteOperation operation) {
        shop.onBoth("create table $s.t (id int primary key)").add("t");
        subscriber.rows("select londiste.subscriber_set_table_state(?, ?, null, 'ok')", shop.queue(), shop.table("t"));
        assertThatThrownBy(() ->
                        run(operation, LondisteConstants.TABLES, List.of(shop.table("t"), shop.table("misspelt"))))
                .hasMessage("Table " + shop.table("misspelt") + " is not registered on the subscriber of queue "
                        + shop.queue());
    }

    @ParameterizedTest
    @EnumSource(names = {"SUBSCRIBER_TABLES", "FAILED_EVENTS"})
    void wildcardsThatMatchNothingListNothing(LondisteOperation operation) {
        shop.onBoth("create table $s.t (id int primary key)").add("t");
        assertThat(run(operation, LondisteConstants.TABLES, shop.table("x*"))).isEmpty();
    }

    @Test
    void headerWinsOverBodyAndBodyOverOption() {
        shop.onBoth("create table $s.a (id int primary key); create table $s.b (id int primary key);"
                + " create table $s.c (id int primary key)");
        var option = "&argumentsFromBody=true&tables=" + shop.table("a");
        assertThat(column(run("subscriber", option, LondisteOperation.PROVIDER_ADD, null), "table_name"))
                .containsExactly(shop.table("a"));
        assertThat(column(
                        run("subscriber", option, LondisteOperation.PROVIDER_ADD, Map.of("tables", shop.table("b"))),
                        "table_name"))
                .containsExactly(shop.table("b"));
        assertThat(column(
                        run(
                                "subscriber",
                                option,
                                LondisteOperation.PROVIDER_ADD,
                                Map.of("tables", shop.table("b")),
                                LondisteConstants.TABLES,
                                List.of(shop.table("c"))),
                        "table_name"))
                .containsExactly(shop.table("c"));
        assertThat(run(
                        "subscriber",
                        "&argument.dryRun=true&tables=" + shop.table("a"),
                        LondisteOperation.PROVIDER_REMOVE,
                        "a body that is no argument"))
                .allSatisfy(row -> assertThat(row).containsOnlyKeys("side", "sql"));
    }

    @Test
    void argumentsThatMakeNoSenseAreRefusedInOneSentence() {
        assertThatThrownBy(() -> run(LondisteOperation.PROVIDER_ADD)).hasMessageContaining("Name the tables");
        assertThatThrownBy(() ->
                        run(LondisteOperation.PROVIDER_ADD, LondisteConstants.ALL, true, LondisteConstants.TABLES, "x"))
                .hasMessageContaining("not both");
        assertThatThrownBy(() -> run(
                        "subscriber",
                        "&argumentsFromBody=true",
                        LondisteOperation.SUBSCRIBER_ADD,
                        Map.of("expectSnyc", true)))
                .hasMessageContaining("There is no argument expectSnyc");
        assertThatThrownBy(() -> run("subscriber", "&argument.forse=true", LondisteOperation.SUBSCRIBER_ADD, null))
                .hasStackTraceContaining("There is no argument forse");
        assertThatThrownBy(() -> run(
                        LondisteOperation.SUBSCRIBER_ADD,
                        LondisteConstants.TABLES,
                        "x",
                        LondisteConstants.EXPECT_SYNC,
                        "maybe"))
                .hasMessageContaining("must be true or false");
        assertThatThrownBy(() -> run(
                        LondisteOperation.SUBSCRIBER_ADD,
                        LondisteConstants.TABLES,
                        "x",
                        LondisteConstants.EXPECT_SYNC,
                        true,
                        LondisteConstants.SNAPSHOT,
                        "yesterday"))
                .hasMessageContaining("Not a snapshot");
        assertThatThrownBy(() -> run(LondisteOperation.SUBSCRIBER_FKEYS, LondisteConstants.TYPE, "broken"))
                .hasMessageContaining("must be pending or active");
    }

    /** Its writers would be told that it is replicated from elsewhere. */
    @Test
    void tableThatIsNotReplicatedIsNotGuarded() {
        shop.onBoth("create table $s.t (id int primary key); create table $s.mine (id int primary key)")
                .add("t");
        assertThatThrownBy(() -> run(LondisteOperation.SUBSCRIBER_DENY, LondisteConstants.TABLES, shop.table("mine")))
                .hasMessage("Table " + shop.table("mine") + " is not registered on the subscriber of queue "
                        + shop.queue());
        assertThatThrownBy(() -> run(LondisteOperation.PROVIDER_DENY, LondisteConstants.TABLES, shop.table("mine")))
                .hasMessageStartingWith("Table " + shop.table("mine") + " is not registered in queue " + shop.queue()
                        + " of the provider");
        shop.onBoth("insert into $s.mine values (1)");
    }

    /** Nothing but this lifts the guard of a table that was removed meanwhile. */
    @Test
    void guardIsLiftedOfATableThatIsReplicatedNoMore() {
        shop.onBoth("create table $s.t (id int primary key)").add("t");
        for (var operation : List.of(
                LondisteOperation.PROVIDER_DENY,
                LondisteOperation.SUBSCRIBER_DENY,
                LondisteOperation.SUBSCRIBER_REMOVE,
                LondisteOperation.PROVIDER_REMOVE,
                LondisteOperation.PROVIDER_ALLOW,
                LondisteOperation.SUBSCRIBER_ALLOW)) {
            assertThat(run(operation, LondisteConstants.TABLES, shop.table("t")))
                    .containsExactly(Map.of("table_name", shop.table("t"), "changed", true));
        }
        shop.onBoth("insert into $s.t values (1)");
    }

    @Test
    void subscriberRefusesWritesWhileTheyAreDenied() {
        shop.onBoth("create table $s.t (id int primary key)").add("t");
        assertThat(run(LondisteOperation.SUBSCRIBER_DENY, LondisteConstants.ALL, true))
                .containsExactly(Map.of("table_name", shop.table("t"), "changed", true));
        assertThatThrownBy(() -> shop.onSubscriber("insert into $s.t values (1)"))
                .hasStackTraceContaining("denied");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            shop.onProvider("insert into $s.t values (2)");
            shop.awaitSync();
            assertThat(shop.content(subscriber, "t")).hasSize(1);
            assertThat(replay.lastError()).isNull();
        }
        assertThat(run(LondisteOperation.SUBSCRIBER_ALLOW, LondisteConstants.TABLES, shop.table("t")))
                .containsExactly(Map.of("table_name", shop.table("t"), "changed", true));
        shop.onSubscriber("insert into $s.t values (1)");
    }
}
