package dev.londiste.replication.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.replication.admin.AddOptions;
import dev.londiste.replication.admin.AttributeChanges;
import dev.londiste.replication.admin.Subscriber;
import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.testing.ReplayLoop;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The replay of tables of which the subscriber has only some rows, some columns, or other values. */
@Timeout(120)
class RowFilterIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private Shop shop;
    private ReplayLoop replay;

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
        replay = shop.replay().start();
    }

    @AfterEach
    void tearDown() {
        replay.close();
    }

    /** The rows are there already, so that everything that arrives is the replay's work. */
    private void replicate(String table, String ddl, AttributeChanges attributes) {
        shop.onBoth("create table $s." + table + " " + ddl);
        register(table, attributes);
    }

    private void register(String table, AttributeChanges attributes) {
        shop.addToProvider(table);
        admin().add(TablePatterns.of(shop.table(table)), new AddOptions(true, true, false, null, attributes));
    }

    private Subscriber admin() {
        return new Subscriber(new Job(
                shop.job(),
                shop.queue(),
                shop.job(),
                provider.dataSource(),
                subscriber.dataSource(),
                Duration.ofSeconds(5)));
    }

    private static AttributeChanges rowFilter(String sql) {
        return new AttributeChanges(sql, null, null, null, null);
    }

    /** What the provider would copy. */
    private void assertReplicated(String table, String columns, String filter) {
        assertInSync(table, columns, filter);
        assertThat(replay.lastError()).isNull();
    }

    private void assertInSync(String table, String columns, String filter) {
        shop.awaitSync();
        var query = "select " + columns + " from " + shop.table(table);
        assertThat(subscriber.rows(query + " order by 1"))
                .isEqualTo(provider.rows(query + " where " + filter + " order by 1"));
    }

    private Map<String, Object> onlyRow(String table) {
        var rows = subscriber.rows("select * from " + shop.table(table));
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }

    @Test
    void rowThatMovesIntoTheFilterIsInsertedAndOneThatMovesOutIsDeleted() {
        replicate("a", "(id int primary key, v int)", rowFilter("v > 10"));
        shop.onProvider("insert into $s.a select i, i from generate_series(1, 20) i");
        assertReplicated("a", "*", "v > 10");
        shop.onProvider("update $s.a set v = v + 8 where id in (5, 15)")
                .onProvider("update $s.a set v = v - 8 where id in (12, 15)")
                .onProvider("delete from $s.a where id in (1, 13)");
        assertReplicated("a", "*", "v > 10");
        assertThat(subscriber.<Long>value("select count(*) from " + shop.table("a")))
                .isEqualTo(9L);
        // In one chunk and with keys that change, too.
        shop.onProvider("begin; update $s.a set id = id + 100, v = 30 - v where id between 3 and 17;"
                + " update $s.a set v = v + 1; delete from $s.a where id % 3 = 0; commit");
        assertReplicated("a", "*", "v > 10");
    }

    /** The connection is gone, and with it the answer; the filter is as good as before. */
    @Test
    void providerThatGoesDownWhileItEvaluatesTheFilterDoesNotParkTheTable() {
        shop.onProvider("create sequence $s.calls")
                .onProvider(
                        "create function $s.is_wanted(v int) returns boolean language sql as $f$ select case"
                                + " nextval('$s.calls') when 1 then pg_terminate_backend(pg_backend_pid()) else v > 10 end $f$");
        replicate("down", "(id int primary key, v int)", rowFilter(shop.sql("$s.is_wanted(v)")));
        shop.onProvider("insert into $s.down select i, i from generate_series(1, 20) i");

        shop.awaitSync();
        assertThat(subscriber.<Long>value("select count(*) from " + shop.table("down")))
                .isEqualTo(10L);
        assertThat(subscriber.<String>value("select parked_reason from londiste.subscriber_table where table_name = '"
                        + shop.table("down") + "'"))
                .isNull();
    }

    @Test
    void filterIsJudgedByTheProvidersTypes() {
        provider.execute("create extension if not exists citext");
        shop.onProvider("create type $s.mood as enum ('low', 'high')")
                .onProvider("create table $s.typed (id int primary key, j jsonb, a int[], m $s.mood, c citext, t"
                        + " timestamptz)")
                .onSubscriber(
                        "create table $s.typed (id int primary key, j jsonb, a int[], m text, c text, t timestamptz)");
        register(
                "typed",
                rowFilter("(j is not null and a[0] = 7) or m = '" + shop.sql("high'::$s.mood")
                        + " or c operator(public.=) 'ABC' or t < '2001-01-01T00:00Z'"));
        shop.onProvider("insert into $s.typed (id, j, a) values (1, 'null', '[0:1]={7,8}'), (2, null, '[0:1]={7,8}'),"
                        + " (3, '1', '{7,8}')")
                .onProvider(
                        "insert into $s.typed (id, m, c, t) values (4, 'high', 'x', now()), (5, 'low', 'aBc', now()),"
                                + " (6, 'low', 'x', '2001-01-01 00:30+05:45'), (7, 'low', 'x', '2001-01-01 00:30+00')");
        shop.awaitSync();
        assertThat(subscriber.rows("select id from " + shop.table("typed") + " order by 1"))
                .extracting(row -> row.get("id"))
                .containsExactly(1, 4, 5, 6);
        // The old row is exact as well: a jsonb null that becomes SQL NULL leaves the filter.
        shop.onProvider("update $s.typed set j = null where id = 1")
                .onProvider(
                        "set timezone = 'Asia/Tokyo'; update $s.typed set j = 'null', a = '[0:1]={7,8}' where id = 7");
        shop.awaitSync();
        assertThat(subscriber.rows("select id from " + shop.table("typed") + " order by 1"))
                .extracting(row -> row.get("id"))
                .containsExactly(4, 5, 6, 7);
        assertThat(replay.lastError()).isNull();
    }

    @Test
    void masksAreAppliedAndWhatNothingTouchedStaysByteForByte() {
        replicate(
                "masked",
                "(id int primary key, email text, amount numeric, doc json, born date)",
                new AttributeChanges(
                        null,
                        null,
                        Map.of("email", "pg_catalog.md5(email)", "born", "date_trunc('year', born)::date"),
                        null,
                        null));
        shop.onProvider("insert into $s.masked values (1, 'a@b.c', 1.500, '{ \"a\":  1, \"a\": 2 }', '1999-12-31')");
        assertReplicated("masked", "id, amount::text, doc::text", "true");
        assertThat(onlyRow("masked"))
                .containsEntry("email", provider.value("select md5('a@b.c')"))
                .hasEntrySatisfying("born", date -> assertThat(date).hasToString("1999-01-01"));
        shop.onProvider("update $s.masked set email = null");
        shop.awaitSync();
        assertThat(onlyRow("masked")).containsEntry("email", null);
    }

    @Test
    void columnsOutsideTheListAreNotReplicatedButMayBeFilteredBy() {
        shop.onProvider("create table $s.part (id int primary key, secret text, v text)")
                .onSubscriber("create table $s.part (id int primary key, v text)");
        register("part", new AttributeChanges("secret <> 'no'", List.of("id", "v"), null, null, null));
        shop.onProvider("insert into $s.part values (1, 'yes', 'a'), (2, 'no', 'b')")
                .onProvider("update $s.part set secret = 'yes' where id = 2; update $s.part set v = 'c' where id = 1");
        assertReplicated("part", "id, v", "true");
    }

    @Test
    void laterColumnsAreNoObstacleToAFilter() {
        replicate("grown", "(id int primary key, v int, old int)", rowFilter("v > 10"));
        shop.onProvider("insert into $s.grown values (1, 11), (2, 2)");
        assertReplicated("grown", "id, v", "v > 10");
        // The replay meets these events when the provider's table is another one already.
        shop.onSubscriber("alter table $s.grown add added text, drop old")
                .onProvider("begin; alter table $s.grown drop old; update $s.grown set v = 12 where id = 2;"
                        + " alter table $s.grown add added text; update $s.grown set added = 'x'; commit");
        assertReplicated("grown", "id, v, added", "v > 10");
    }

    @Test
    void C35_filterThatCannotBeEvaluatedParksItsTableOnlyUntilItIsSetRight() {
        replicate("doubtful", "(id int primary key, v text)", rowFilter("v::int > 10"));
        replicate("other", "(id int primary key)", AttributeChanges.NONE);
        shop.onProvider("insert into $s.doubtful values (1, 'eleven')").onProvider("insert into $s.other values (1)");
        Shop.await().until(() -> subscriber.<Long>value("select count(*) from " + shop.table("other")) == 1);
        assertThat(shop.registration("doubtful").get("parked_reason").toString())
                .contains("row filter", "doubtful", "SUBSCRIBER_SET");
        var table = TablePatterns.of(shop.table("doubtful"));
        admin().set(table, new AttributeChanges(null, null, null, "SKIP", null));
        assertThat(shop.registration("doubtful").get("parked_reason")).isNotNull();
        shop.onProvider("insert into $s.doubtful values (2, 'two')");
        admin().set(table, rowFilter("length(v) > 3"));
        assertInSync("doubtful", "*", "length(v) > 3");
        assertThat(shop.registration("doubtful").get("parked_reason")).isNull();
    }

    @Test
    void rowsChangedTwiceByOneStatementKeepToTheFilter() {
        replicate("cascade", "(id int primary key, v int)", rowFilter("v > 10"));
        shop.onProvider("insert into $s.cascade values (1, 20), (2, 5), (3, 20)")
                .onProvider("""
                        create function $s.again() returns trigger language plpgsql as $f$ begin
                            if new.id = 1 then
                                update $s.cascade set v = v + 1 where id = 2;
                                delete from $s.cascade where id = 3;
                            end if;
                            return null;
                        end $f$;
                        create trigger again after update on $s.cascade for each row execute function $s.again()
                        """)
                .onProvider("update $s.cascade set v = 25 - v where id <> 3 or v = 20");
        assertReplicated("cascade", "*", "v > 10");
    }
}
