package dev.londiste.replication.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.TxidSnapshot;
import dev.londiste.replication.admin.AddOptions;
import dev.londiste.replication.admin.AttributeChanges;
import dev.londiste.replication.admin.JobCheck;
import dev.londiste.replication.admin.JobRegistration;
import dev.londiste.replication.admin.JobStatus;
import dev.londiste.replication.admin.Provider;
import dev.londiste.replication.admin.Sequences;
import dev.londiste.replication.admin.Subscriber;
import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.switchover.SwitchOver;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.testing.ReplayLoop;
import dev.londiste.replication.testing.Shop;
import dev.londiste.replication.verify.JobComparison;
import dev.londiste.replication.verify.JobRepair;
import dev.londiste.replication.verify.RepairOptions;
import dev.londiste.replication.verify.VerificationListener;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A provider whose tables have triggers of others is followed as it is: nothing is installed there, nothing is changed. */
@Timeout(180)
abstract class FollowedProviderSuite {

    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private Shop shop;
    private List<Map<String, Object>> before;

    abstract TestDatabase provider();

    abstract TestDatabase subscriber();

    @BeforeEach
    void setUp() {
        shop = new Shop(provider(), subscriber()).create();
        shop.onBoth("create table $s.t (id int primary key, name text, n numeric, j jsonb, a int[])")
                .onProvider(
                        "insert into $s.t select i, 'row ' || i, i / 4.0, '[1]', '{1,NULL}' from generate_series(1, 200) i");
    }

    @AfterEach
    void tearDown() {
        executor.shutdownNow();
    }

    private Job job() {
        return new Job(
                shop.job(),
                shop.queue(),
                shop.job(),
                provider().dataSource(),
                subscriber().dataSource(),
                Duration.ofSeconds(10));
    }

    private void capture(String trigger, String table, String arguments) {
        shop.onProvider("create trigger q after insert or update or delete on $s." + table
                        + " for each row execute function pgq." + trigger + "('" + shop.queue() + "'" + arguments + ")")
                .onProvider("create trigger qt after truncate on $s." + table
                        + " for each statement execute function pgq." + trigger + "('" + shop.queue() + "')");
        before = objects();
    }

    /** Everything that has a name on the provider, but what sessions made for themselves. */
    private List<Map<String, Object>> objects() {
        return provider()
                .rows("select n.nspname::text, o.kind, o.name from pg_namespace n join ("
                        + " select pronamespace as nsp, 'function' as kind, oid::regprocedure::text || md5(prosrc) as name from pg_proc"
                        + " union all select relnamespace, 'relation', relname || coalesce(relacl::text, '') from pg_class"
                        + " union all select c.relnamespace, 'trigger', c.relname || ' ' || t.tgname || t.tgenabled::text"
                        + "   from pg_trigger t join pg_class c on c.oid = t.tgrelid) o on o.nsp = n.oid"
                        + " where n.nspname !~ '^pg_(temp|toast)' order by 1, 2, 3");
    }

    private void add(String... tables) {
        new Subscriber(job()).add(names(tables), AddOptions.DEFAULT);
    }

    private TablePatterns names(String... tables) {
        return new TablePatterns(
                java.util.Arrays.stream(tables).map(shop::table).toList());
    }

    private static AddOptions with(AttributeChanges attributes) {
        return new AddOptions(false, false, false, null, attributes, null);
    }

    private void assertEqual(ReplayLoop replay, String table) {
        shop.awaitSync();
        assertThat(replay.lastError()).isNull();
        assertThat(shop.content(subscriber(), table)).isEqualTo(shop.content(provider(), table));
    }

    private Map<String, Object> compare() {
        return new JobComparison(job(), executor, VerificationListener.NONE)
                .compare(names("t"), true, false)
                .get(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"logutriga", "jsontriga", "sqltriga"})
    void tableIsCopiedFollowedComparedAndRepairedAndNothingIsChangedOnTheProvider(String trigger) {
        capture(trigger, "t", "");
        add("t");
        try (var replay = shop.replay().start()) {
            assertEqual(replay, "t");
            assertThat(shop.content(subscriber(), "t")).hasSize(200);
            shop.onProvider("insert into $s.t values (1000, E'a=b& \\\\ü\'\'', 'NaN', 'null', '[0:1]={1,2}'),"
                            + " (1001, '', null, null, '{}')")
                    .onProvider(
                            "update $s.t set name = null, n = 1.10 where id < 10; delete from $s.t where id between 20 and 30");
            assertEqual(replay, "t");
            assertThat(compare()).containsEntry("equal", true);

            shop.onSubscriber("update $s.t set name = 'drift' where id = 100; delete from $s.t where id = 101;"
                    + " insert into $s.t values (5000)");
            assertThat(compare())
                    .containsEntry("equal", false)
                    .containsEntry("missing_rows", 1L)
                    .containsEntry("extra_rows", 1L)
                    .containsEntry("changed_rows", 1L);
            new JobRepair(job(), executor, VerificationListener.NONE)
                    .repair(names("t"), new RepairOptions(true, null, false));
            assertEqual(replay, "t");

            shop.onProvider("truncate $s.t; insert into $s.t values (1, 'after the truncate')");
            assertEqual(replay, "t");
            assertThat(shop.content(subscriber(), "t")).hasSize(1);
            assertThat(new JobStatus(job()).read())
                    .containsEntry("registered", true)
                    .containsEntry("tables_by_state", Map.of("ok", 1L));
            assertThat(new JobCheck(job(), 0).run()).isEmpty();
        }
        assertThat(objects()).isEqualTo(before);
    }

    @Test
    void tableIsCopiedWhileItIsWrittenTo() throws Exception {
        capture("logutriga", "t", "");
        try (var open = provider().connect();
                var statement = open.createStatement();
                var replay = shop.replay().start()) {
            statement.execute(shop.sql(
                    "begin; update $s.t set name = 'in progress' where id = 7; insert into $s.t values (900)"));
            add("t");
            Shop.await().until(() -> !shop.state("t").equals("NEW"));
            shop.onProvider("update $s.t set name = 'meanwhile' where id = 8; delete from $s.t where id = 9");
            statement.execute("commit");
            assertEqual(replay, "t");
        }
    }

    @Test
    void tableThatWasLoadedUnderASnapshotIsFollowedFromThere() {
        capture("jsontriga", "t", "");
        shop.onProvider("insert into $s.t values (300, 'seen')");
        var snapshot = provider().<String>value("select txid_current_snapshot()::text");
        provider()
                .rows("select id, name, n::text as n, j::text as j, a::text as a from " + shop.table("t"))
                .forEach(row -> subscriber()
                        .rows(
                                shop.sql("insert into $s.t values (?, ?, ?::numeric, ?::jsonb, ?::int[]) returning 1"),
                                row.values().toArray()));
        shop.onProvider("insert into $s.t values (301, 'not seen'); delete from $s.t where id = 300");
        new Subscriber(job())
                .add(
                        names("t"),
                        new AddOptions(false, true, false, null, AttributeChanges.NONE, TxidSnapshot.parse(snapshot)));
        assertThat(shop.state("t")).isEqualTo("ok");
        try (var replay = shop.replay().start()) {
            assertEqual(replay, "t");
        }
    }

    @Test
    void snapshotFromBeforeTheTriggerIsRefused() {
        var snapshot = provider().<String>value("select txid_current_snapshot()::text");
        capture("logutriga", "t", "");
        new JobRegistration(job()).register();
        assertThatThrownBy(() -> new Subscriber(job())
                        .add(
                                names("t"),
                                new AddOptions(
                                        false, true, false, null, AttributeChanges.NONE, TxidSnapshot.parse(snapshot))))
                .hasMessageContaining("snapshot");
        assertThat(subscriber().rows("select from londiste.subscriber_table where queue_name = ?", shop.queue()))
                .isEmpty();
    }

    @Test
    void tablesOfTheQueueAreListedAndThoseThatAreMissing() {
        shop.onBoth(
                "create table $s.other (id int primary key, v text); create table $s.untouched (id int primary key)");
        capture("logutriga", "t", "");
        capture("sqltriga", "other", "");
        assertThat(new Provider(
                                ProviderDatabase.of(provider().dataSource(), shop.queue()),
                                shop.queue(),
                                Duration.ofSeconds(5))
                        .tables())
                .extracting(row -> row.get("table_name") + " " + row.get("capture"))
                .containsExactly(shop.table("other") + " sqltriga", shop.table("t") + " logutriga");
        new Subscriber(job()).add(TablePatterns.of(shop.table("o*")), AddOptions.DEFAULT);
        assertThat(new Subscriber(job()).missing())
                .extracting(row -> row.get("table_name"))
                .containsExactly(shop.table("t"));
        assertThatThrownBy(() -> add("untouched")).hasMessageContaining("not registered in queue " + shop.queue());
    }

    @Test
    void rowFilterAndColumnExpressionsNeedTheOldRowsThatTheTriggerSends() {
        capture("logutriga", "t", ", 'backup'");
        new Subscriber(job())
                .add(
                        names("t"),
                        with(new AttributeChanges("id % 2 = 0", null, Map.of("name", "upper(name)"), null, null)));
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            shop.onProvider(
                    "update $s.t set id = id, name = 'moved' where id = 4; insert into $s.t values (400, 'in'), (401, 'out')");
            shop.awaitSync();
            assertThat(replay.lastError()).isNull();
            assertThat(subscriber()
                            .rows("select id, name from " + shop.table("t")
                                    + " where id in (4, 5, 6, 400, 401) order by 1"))
                    .extracting(row -> row.get("id") + " " + row.get("name"))
                    .containsExactly("4 MOVED", "6 ROW 6", "400 IN");
        }
    }

    @Test
    void whatEventsDoNotTellIsRefusedInOneSentence() {
        capture("logutriga", "t", "");
        assertThatThrownBy(() -> new Subscriber(job())
                        .add(names("t"), with(new AttributeChanges("id > 1", null, null, null, null))))
                .hasMessageContaining("does not send the old rows of updates");

        shop.onBoth("create table $s.partial (id int primary key, v text)");
        capture("sqltriga", "partial", "");
        assertThatThrownBy(() -> new Subscriber(job())
                        .add(
                                names("partial"),
                                with(new AttributeChanges(null, null, Map.of("v", "upper(v)"), null, null))))
                .hasMessageContaining("only the columns that an update changed");

        shop.onBoth("create table $s.ignoring (id int primary key, v text, secret text)");
        capture("logutriga", "ignoring", ", 'ignore=secret'");
        assertThatThrownBy(() -> add("ignoring")).hasMessageContaining("leaves out column secret");

        shop.onBoth("create table $s.keyless (id int, v text)");
        capture("logutriga", "keyless", "");
        assertThatThrownBy(() -> add("keyless")).hasMessageContaining("has no primary key");
        assertThat(subscriber().rows("select from londiste.subscriber_table where queue_name = ?", shop.queue()))
                .isEmpty();
    }

    @Test
    void whatChangesTheProviderIsRefusedInOneSentence() {
        capture("logutriga", "t", "");
        add("t");
        assertThatThrownBy(() -> new SwitchOver(job()).run(Duration.ofSeconds(5)))
                .hasMessageContaining("followed as they are: what changes the provider (here switch_over_done)");
        assertThat(objects()).isEqualTo(before);
    }

    @Test
    void columnsThatTheTriggerLeavesOutStayAway() {
        shop.onBoth("create table $s.ignoring (id int primary key, v text, secret text)")
                .onProvider("insert into $s.ignoring values (1, 'a', 'x')");
        capture("jsontriga", "ignoring", ", 'ignore=secret'");
        new Subscriber(job())
                .add(names("ignoring"), with(new AttributeChanges(null, List.of("id", "v"), null, null, null)));
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            shop.onProvider(
                    "insert into $s.ignoring values (2, 'b', 'y'); update $s.ignoring set v = 'c', secret = 'z' where id = 1");
            shop.awaitSync();
            assertThat(replay.lastError()).isNull();
            assertThat(subscriber().rows("select id, v, secret from " + shop.table("ignoring") + " order by 1"))
                    .extracting(row -> row.get("id") + " " + row.get("v") + " " + row.get("secret"))
                    .containsExactly("1 c null", "2 b null");
        }
    }

    @Test
    void keyThatTheTriggerNamesIsTheKey() {
        shop.onBoth("create table $s.named (a int not null, b text not null, v text, unique (b, a))")
                .onProvider("insert into $s.named values (1, 'x', 'one'), (1, 'y', 'two')");
        capture("logutriga", "named", ", 'pkey=b,a'");
        add("named");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            shop.onProvider("update $s.named set v = 'changed' where b = 'x'; delete from $s.named where b = 'y'");
            assertEqual(replay, "named");
            assertThat(new JobComparison(job(), executor, VerificationListener.NONE)
                            .compare(names("named"), true, false)
                            .get(0))
                    .containsEntry("equal", true);
        }
    }

    @Test
    void changedKeyIsRefusedByTheTriggerAndReachesNobody() {
        capture("logutriga", "t", "");
        assertThatThrownBy(() -> shop.onProvider("update $s.t set id = 999 where id = 1"))
                .hasStackTraceContaining("key");
    }

    @Test
    void triggerThatSendsOnlySomeChangesIsNoGroundForACopy() {
        capture("logutriga", "t", ", 'when=id > 10'");
        add("t");
        try (var replay = shop.replay().start()) {
            Shop.await().until(() -> replay.copies().errors().toString().contains("only some of its changes"));
        }
        assertThat(new JobCheck(job(), 0).run())
                .extracting(row -> row.get("problem"))
                .contains("captured partly");
    }

    @Test
    void triggersThatAreMissingOrDisabledAreNamedAndNothingIsCopied() {
        shop.onProvider(
                "create trigger q after insert or update or delete on $s.t for each row execute function pgq.logutriga('"
                        + shop.queue() + "')");
        new JobRegistration(job()).register();
        assertThat(new JobCheck(job(), 0).run())
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("table_name", shop.table("t"))
                        .containsEntry("problem", "trigger missing")
                        .containsEntry("detail", shop.table("t") + " does not capture TRUNCATE"));
        shop.onProvider("alter table $s.t disable trigger q");
        assertThat(new JobCheck(job(), 0).run())
                .extracting(row -> row.get("problem"))
                .containsExactlyInAnyOrder("trigger missing", "trigger disabled");
        add("t");
        try (var replay = shop.replay().start()) {
            Shop.await().until(() -> replay.copies().errors().toString().contains("Trigger q of table"));
            shop.onProvider("alter table $s.t enable trigger q");
            shop.awaitSync();
            assertThat(shop.isEqual("t")).isTrue();
        }
    }

    @Test
    void sequencesThatTheSubscriberRegistersFollow() {
        shop.onBoth("create sequence $s.numbers");
        capture("logutriga", "t", "");
        add("t");
        var admin = Sequences.ofSubscriber(
                subscriber().dataSource(), provider().dataSource(), shop.queue(), Duration.ofSeconds(5));
        assertThatThrownBy(() -> admin.add(TablePatterns.of(shop.table("nmubers")), false))
                .hasMessage("Sequence " + shop.table("nmubers") + " is not there on the provider of queue "
                        + shop.queue() + ", or its role may not read it");
        admin.add(TablePatterns.of(shop.table("n*")), false);
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            shop.onProvider("select setval('$s.numbers', 4711)");
            Shop.await().until(() -> {
                shop.forceTick();
                assertThat(replay.lastError()).isNull();
                return subscriber().<Long>value(shop.sql("select last_value from $s.numbers")) == 4711L;
            });
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void scriptsOfOthersAreNotExecuted() {
        capture("logutriga", "t", "");
        add("t");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            provider()
                    .rows(
                            "select pgq.insert_event(?, 'EXECUTE', 'drop table x', 'script', '', null, null)",
                            shop.queue());
            shop.forceTick();
            Shop.await().until(() -> replay.lastError() != null);
            assertThat(replay.lastError()).hasMessageContaining("not executed on the provider by EXECUTE");
        }
    }

    @Test
    void dryRunShowsWhatIsRunOnTheSubscriberAndTheTick() {
        capture("logutriga", "t", "");
        assertThat(new Subscriber(job()).add(names("t"), AddOptions.DEFAULT, true))
                .extracting(row -> row.get("side") + " " + row.get("sql"))
                .satisfiesExactly(
                        row -> assertThat(row).startsWith("subscriber ").contains("londiste.subscriber_add_table("),
                        row -> assertThat(row)
                                .isEqualTo("provider select pgq_client.tick_now('" + shop.queue() + "');"));
        assertThat(subscriber().rows("select from londiste.subscriber_table where queue_name = ?", shop.queue()))
                .isEmpty();
    }
}
