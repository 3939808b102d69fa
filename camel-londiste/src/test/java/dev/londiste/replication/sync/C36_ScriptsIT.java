package dev.londiste.replication.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.replication.admin.ProviderScripts;
import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.testing.ReplayLoop;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** DDL in order with the data, and DDL that came without. */
@Timeout(120)
class C36_ScriptsIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private Shop shop;
    private ProviderScripts scripts;
    private ReplayLoop replay;

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
        shop.onBoth("create table $s.a (id int primary key, v text)").onProvider("insert into $s.a values (1, 'one')");
        // Longer than a copy, which locks the table on the provider, waits for a lock on the subscriber.
        scripts = new ProviderScripts(provider.dataSource(), shop.queue(), Duration.ofMinutes(1));
        replay = shop.replay().start();
    }

    @AfterEach
    void tearDown() {
        replay.close();
    }

    private Map<String, Object> execute(String name, String sql) {
        return scripts.execute(name, shop.sql(sql), false).get(0);
    }

    private String parkedReason(String table) {
        return (String) shop.registration(table).get("parked_reason");
    }

    private void awaitParked(String table) {
        Shop.await().until(() -> parkedReason(table) != null);
    }

    @Test
    void scriptRunsOnTheSubscriberWhereItsPlaceIs() {
        shop.add("a").awaitSync();
        shop.onProvider("insert into $s.a values (2, 'two')");
        assertThat(execute("more", "alter table $s.a add w int default 7; alter table $s.a rename v to name"))
                .containsEntry("changed", true);
        shop.onProvider("insert into $s.a (id, name, w) values (3, 'three', 3); update $s.a set w = 8 where id = 1");
        shop.awaitSync();
        assertThat(shop.isEqual("a")).isTrue();
        assertThat(replay.lastError()).isNull();
        assertThat(parkedReason("a")).isNull();
        assertThat(execute("more", "drop table $s.a")).containsEntry("changed", false);
    }

    @Test
    void dryRunShowsWhatItWouldRunAndChangesNothing() {
        shop.add("a").awaitSync();

        var script = scripts.execute("more", shop.sql("alter table $s.a add w int"), true);

        assertThat(script).allSatisfy(row -> assertThat(row).containsEntry("side", "provider"));
        assertThat(script.get(0).get("sql").toString()).contains("londiste.provider_execute(", "add w int");
        assertThat(execute("more", "alter table $s.a add w int")).containsEntry("changed", true);
    }

    /** The subscriber's sessions have UTC once a change has been applied, and their own time zone before. */
    @ParameterizedTest
    @CsvSource({"false, ''", "true, ''", "true, 'set timezone = ''Asia/Tokyo'';'"})
    void scriptMeansTheSameOnBothSides(boolean changeBefore, String ownSetting) throws SQLException {
        shop.onBoth("create table $s.times (id int primary key, created timestamp, span interval)")
                .onProvider("insert into $s.times values (1, '2024-07-01 12:00', '1 day 2 hours')")
                .add("a", "times")
                .awaitSync();
        try (var session = provider.connect();
                var statement = session.createStatement();
                var writer = provider.connect()) {
            statement.execute("set timezone = 'Europe/Berlin'; set intervalstyle = 'iso_8601'");
            session.setAutoCommit(false);
            writer.setAutoCommit(false);
            if (changeBefore) {
                writer.createStatement().execute(shop.sql("insert into $s.a values (2, 'two')"));
            }
            statement.execute("select londiste.provider_execute('" + shop.queue() + "', 'zone', $londiste$"
                    + ownSetting
                    + shop.sql("alter table $s.times alter created type timestamptz," + " alter span type text")
                    + "$londiste$)");
            // Who executes holds the queue until the commit, so that both come in one batch.
            writer.commit();
            session.commit();
            if (ownSetting.isEmpty()) {
                try (var zone = statement.executeQuery("show timezone")) {
                    zone.next();
                    assertThat(zone.getString(1)).as("the caller keeps its own").isEqualTo("Europe/Berlin");
                }
            }
        }
        shop.awaitSync();
        assertThat(shop.content(subscriber, "times")).isEqualTo(shop.content(provider, "times"));
        assertThat(subscriber.<String>value(shop.sql("select (created at time zone '"
                        + (ownSetting.isEmpty() ? "UTC" : "Asia/Tokyo")
                        + "')::text || ' ' || span from $s.times where id = 1")))
                .isEqualTo("2024-07-01 12:00:00 1 day 02:00:00");
    }

    /** In one batch with a change, which is applied as a replica: no trigger would fire. */
    @Test
    void scriptFiresTheTriggersThatItFiresOnTheProvider() {
        shop.onBoth("create table $s.log (id int primary key, v text);"
                        + " create function $s.f() returns trigger language plpgsql as"
                        + " 'begin new.v := new.v || '' by trigger''; return new; end';"
                        + " create trigger t before insert on $s.log for each row execute function $s.f()")
                .add("a")
                .awaitSync();
        provider.rows("select pgq.set_queue_config(?, 'ticker_max_lag', '1 hour')", shop.queue());
        shop.onProvider("insert into $s.a values (2, 'two')");
        execute("log", "insert into $s.log values (1, 'written')");
        shop.awaitSync();
        assertThat(subscriber.<String>value(shop.sql("select v from $s.log"))).isEqualTo("written by trigger");
        assertThat(shop.isEqual("log")).isTrue();
    }

    @Test
    void typeOfTheKeyMayChangeByScript() {
        shop.add("a").awaitSync();
        execute("wide", "alter table $s.a alter id type bigint; alter table $s.a drop v");
        shop.onProvider("insert into $s.a values (5000000000); update $s.a set id = 6 where id = 1");
        shop.awaitSync();
        assertThat(shop.isEqual("a")).isTrue();
        assertThat(replay.lastError()).isNull();
    }

    @Test
    void failingScriptStopsThereWithItsError() {
        shop.add("a").awaitSync();
        shop.onSubscriber("alter table $s.a add w text");
        execute("more", "alter table $s.a add w text");
        Shop.await().until(() -> replay.lastError() != null);
        assertThat(replay.lastError()).hasMessageContainingAll("Script more", "42701");
        shop.onSubscriber("alter table $s.a drop w");
        shop.awaitSync();
    }

    @Test
    void textThatTheProviderNeverExecutedIsNotRun() {
        shop.add("a").awaitSync();
        execute("known", "comment on table $s.a is 'known'");
        shop.awaitSync();
        provider.rows(
                "select pgq.insert_event_raw(?, null, now(), null, null, 'EXECUTE', ?, 'forged', ?, null, null)",
                shop.queue(),
                shop.sql("drop table $s.a"),
                provider.value("select json_build_object('id', script_id, 'hash', script_hash)::text"
                        + " from londiste.executed_script where script_name = 'known' and queue_name = '" + shop.queue()
                        + "'"));
        shop.forceTick();
        Shop.await().until(() -> replay.lastError() != null);
        assertThat(replay.lastError()).hasMessageContaining("was not executed on the provider");
        assertThat(shop.content(subscriber, "a")).hasSize(1);
    }

    @Test
    void copyOfATouchedTableBeginsAnew() throws Exception {
        restartsTheCopy("alter table $s.a add w int default 7");
        shop.onProvider("insert into $s.a values (2, 'two', 2)");
        shop.awaitSync();
        assertThat(shop.isEqual("a")).isTrue();
    }

    @Test
    void copyOfATableThatAScriptLocksBeginsAnew() throws Exception {
        restartsTheCopy("create index by_v on $s.a (v)");
        shop.awaitSync();
        assertThat(shop.isEqual("a")).isTrue();
        assertThat(indexes("a")).contains("by_v");
    }

    /** The load waits for the blocker; the script would wait for the load. */
    private void restartsTheCopy(String script) throws Exception {
        shop.onBoth("create table $s.b (id int primary key)").add("b").awaitSync();
        try (var blocker = subscriber.connect()) {
            blocker.setAutoCommit(false);
            blocker.createStatement().execute(shop.sql("lock table $s.a in row share mode"));
            shop.add("a");
            Shop.await().until(() -> shop.state("a").equals("in-copy"));
            execute("script", script);
            Shop.await().until(() -> shop.state("a").equals("NEW"));
        }
    }

    private String indexes(String table) {
        return subscriber.value("select string_agg(indexdef, ';') from pg_indexes where tablename = '" + table
                + "' and schemaname = '" + shop.schema() + "'");
    }

    /** What makes a foreign key again that was put aside names columns by their names of then. */
    @Test
    void C26_foreignKeysThatArePutAsideFollowAScript() {
        shop.onBoth("create table $s.b (id int primary key, a int constraint to_a references $s.a,"
                        + " other int constraint to_a_too references $s.a, third int)")
                .onProvider("insert into $s.b values (1, 1, 1)")
                .onSubscriber("alter table $s.b add constraint own foreign key (third) references $s.a not valid")
                .add("a", "b")
                .awaitSync();
        Shop.await()
                .until(() -> foreignKeys("'" + shop.table("b") + "'::regclass").equals("own,to_a,to_a_too"));
        shop.onProvider("alter table $s.a add w int; insert into $s.a values (2, 'two', 2)");
        awaitParked("a");
        assertThat(foreignKeys("'" + shop.table("b") + "'::regclass")).isNull();

        execute(
                "keys",
                "alter table $s.b rename a to first; alter table $s.b drop constraint to_a_too;"
                        + " alter table $s.b add constraint another foreign key (other) references $s.a");
        shop.onProvider("insert into $s.b values (2, 2, 2)");
        long tick = shop.forceTick();
        Shop.await().until(() -> shop.hasApplied(tick));
        shop.onSubscriber("alter table $s.a add w int");
        subscriber.rows("select londiste.resync_table(?, ?, ?)", shop.job(), shop.queue(), shop.table("a"));
        shop.awaitSync();
        Shop.await().until(() -> "another,own,to_a".equals(foreignKeys("'" + shop.table("b") + "'::regclass")));
        Shop.await()
                .until(() -> subscriber
                        .rows("select from londiste.subscriber_pending_fkeys where from_table = ?", shop.table("b"))
                        .isEmpty());
        assertThat(shop.isEqual("b")).isTrue();
        assertThat(subscriber.<Boolean>value(
                        "select convalidated from pg_constraint where conname = 'own' and conrelid = '"
                                + shop.table("b") + "'::regclass"))
                .isFalse();
    }

    private static String foreignKeys(String relation) {
        return subscriber.value(
                "select string_agg(conname, ',' order by conname) from pg_constraint where contype = 'f'"
                        + " and conrelid = " + relation);
    }

    @Test
    void C01_columnThatTheProviderDroppedParksTheTableUntilBothSidesAgree() {
        shop.add("a").awaitSync();
        shop.onProvider("insert into $s.a values (2, 'two')");
        shop.awaitSync();
        shop.onProvider("alter table $s.a drop v; insert into $s.a values (3)");
        awaitParked("a");
        assertThat(parkedReason("a")).contains("without column v");
        shop.onSubscriber("alter table $s.a drop v");
        subscriber.rows("select londiste.resync_table(?, ?, ?)", shop.job(), shop.queue(), shop.table("a"));
        shop.onProvider("insert into $s.a values (4)");
        shop.awaitSync();
        assertThat(shop.isEqual("a")).isTrue();
    }

    @Test
    void C01_columnThatOnlyTheSubscriberHasIsNoDoubt() {
        shop.onSubscriber("alter table $s.a add own text default 'x'");
        shop.add("a").awaitSync();
        shop.onProvider("insert into $s.a values (2, 'two')");
        shop.awaitSync();
        // Dropped on both sides, the subscriber first.
        shop.onSubscriber("alter table $s.a drop v").onProvider("alter table $s.a drop v; insert into $s.a values (3)");
        shop.awaitSync();
        assertThat(parkedReason("a")).isNull();
        assertThat(shop.content(subscriber, "a")).hasSize(3);
    }

    @Test
    void C05_partitionThatCameOrWentByOtherMeansParksItsTable() {
        shop.onProvider("create table $s.p (id int primary key) partition by range (id)")
                .onProvider("create table $s.p1 partition of $s.p for values from (0) to (100)")
                .onProvider("create table $s.p3 (id int primary key); insert into $s.p3 values (201)")
                .onSubscriber("create table $s.p (id int primary key)");
        shop.addToProvider("p");
        new dev.londiste.replication.admin.Subscriber(replay.job())
                .add(TablePatterns.of(shop.table("p")), dev.londiste.replication.admin.AddOptions.DEFAULT);
        shop.awaitSync();
        // One that is created as a partition brings no rows.
        shop.onProvider("create table $s.p2 partition of $s.p for values from (100) to (200)")
                .onProvider("insert into $s.p values (1), (101)");
        shop.awaitSync();
        assertThat(scripts.attach(shop.table("p"), shop.table("p3"), "for values from (200) to (300)", false))
                .singleElement()
                .satisfies(row -> assertThat(row).containsEntry("rows_sent", 1L));
        shop.awaitSync();
        assertThat(parkedReason("p")).isNull();
        assertThat(shop.isEqual("p")).isTrue();
        scripts.detach(shop.table("p"), shop.table("p3"), false);
        shop.awaitSync();
        assertThat(shop.isEqual("p")).isTrue();

        shop.onProvider("alter table $s.p attach partition $s.p3 for values from (200) to (300)")
                .onProvider("insert into $s.p values (2)");
        Shop.await().until(() -> {
            shop.forceTick();
            return parkedReason("p") != null;
        });
        assertThat(parkedReason("p")).contains("p3", "attached without its rows", "PROVIDER_REFRESH");
        scripts.refresh(TablePatterns.of(shop.table("p")), false);
        subscriber.rows("select londiste.resync_table(?, ?, ?)", shop.job(), shop.queue(), shop.table("p"));
        shop.awaitSync();
        assertThat(shop.isEqual("p")).isTrue();
        shop.onProvider("drop table $s.p3");
        Shop.await().until(() -> {
            shop.forceTick();
            return parkedReason("p") != null;
        });
        assertThat(parkedReason("p")).contains("detached or dropped");
    }
}
