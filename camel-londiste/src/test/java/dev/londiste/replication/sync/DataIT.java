package dev.londiste.replication.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.replication.admin.AddOptions;
import dev.londiste.replication.admin.Subscriber;
import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.testing.ReplayLoop;
import dev.londiste.replication.testing.ReplayProcess;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Data of all kinds, copied first, then followed: both sides have the same text. */
@Timeout(180)
class DataIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase latin = TestDatabase.withLondisteIn("LATIN1");

    private Shop shop = new Shop(provider, subscriber);
    private ReplayLoop replay;

    @AfterEach
    void tearDown() {
        if (replay != null) {
            replay.close();
        }
    }

    private Shop begin(String ddl) {
        shop.create().onBoth(ddl);
        replay = shop.replay().start();
        return shop;
    }

    private void assertEqual(String... tables) {
        shop.awaitSync();
        for (var table : tables) {
            assertThat(shop.content(shop.subscriber(), table))
                    .as(table)
                    .isEqualTo(shop.content(shop.provider(), table));
            assertThat(shop.content(shop.provider(), table)).as(table).isNotEmpty();
        }
        assertThat(replay.lastError()).isNull();
    }

    @Test
    void typesOfExtensionsAndThoseWithTextsOfTheirOwn() {
        shop.provider().execute("create extension if not exists hstore; create extension if not exists citext");
        shop.subscriber().execute("create extension if not exists hstore; create extension if not exists citext");
        begin("create type $s.pair as (a int, b text); create domain $s.short as varchar(5) check (value <> 'bad');"
                        + " create type $s.mood as enum ('so so', 'null');"
                        + " create table $s.t (id int primary key, h public.hstore, c public.citext, x xml, m money,"
                        + " r int4multirange, z tstzmultirange, p $s.pair, q $s.pair[], d $s.short, e $s.mood, j jsonb,"
                        + " k json, a int[], f float8, b bytea, i interval, t text)")
                .onProvider("insert into $s.t values (1, 'a=>1, \"b c\"=>NULL', 'MiXed', '<a>x &amp; y</a>', '12.34',"
                        + " '{[1,3),[5,8)}', '{[2026-01-02 03:04:05+05:45,infinity)}', row(1, 'a \"b\", (c)'),"
                        + " array[row(1, 'x, y'), null]::$s.pair[], 'abcde', 'null', 'null', ' {\"a\" : 1.10} ', '[0:1]={1,2}',"
                        + " 'NaN', '\\x00ff', '-1 day 02:03', E'\\t\\r\\n\\\\N \\x01''\"')")
                .onProvider("insert into $s.t values (2)")
                .add("t");
        assertEqual("t");
        shop.onProvider(
                        "insert into $s.t select 3, h, c, x, m, r, z, p, q, d, e, j, k, a, f, b, i, t from $s.t where id = 1")
                .onProvider(
                        "update $s.t set (h, c, x, m, r, z, p, q, d, e, j, k, a, f, b, i, t) ="
                                + " (select h, c, x, m, r, z, p, q, d, e, j, k, a, f, b, i, t from $s.t where id = 1) where id = 2")
                .onProvider("set datestyle = 'iso, dmy'; set intervalstyle = 'iso_8601'; set timezone = 'Asia/Tokyo';"
                        + " set extra_float_digits = -3; set bytea_output = 'escape'; set search_path = '';"
                        + " update $s.t set t = t || '!', f = 0.1 + 0.2 where id > 1")
                .onProvider("update $s.t set j = null, a = '{}', p = row(null, ''), x = null where id = 1");
        assertEqual("t");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void serversOfDifferentEncodings(boolean fromLatin) {
        shop = fromLatin ? new Shop(latin, subscriber) : new Shop(provider, latin);
        begin("create table $s.t (id int primary key, \"né\" text, v varchar(3), j jsonb)")
                .onProvider("insert into $s.t values (1, 'é ü ß', 'äöü', '{\"ü\": \"\\u00e9\"}')")
                .add("t");
        assertEqual("t");
        shop.onProvider(
                "insert into $s.t values (2, 'ÿ', 'ÄÖÜ', '[\"é\"]'); update $s.t set \"né\" = 'ñ' where id = 1");
        assertEqual("t");
    }

    @Test
    void rowsThatReferenceOneAnother() {
        begin("create table $s.node (id int primary key, parent int references $s.node);"
                        + " create table $s.hen (id int primary key, egg int not null);"
                        + " create table $s.egg (id int primary key, hen int references $s.hen deferrable initially deferred);"
                        + " alter table $s.hen add foreign key (egg) references $s.egg deferrable initially deferred")
                .onProvider("insert into $s.node values (1, 1), (2, 1), (3, 2)")
                .onProvider("begin; insert into $s.hen values (1, 1); insert into $s.egg values (1, 1); commit")
                .add("node", "hen", "egg");
        assertEqual("node", "hen", "egg");
        Shop.await()
                .until(() -> shop.subscriber()
                        .rows("select from londiste.subscriber_pending_fkeys")
                        .isEmpty());
        shop.onProvider("begin; insert into $s.egg values (2, 2); insert into $s.hen values (2, 2); commit")
                .onProvider("insert into $s.node values (5, 5), (4, 5); update $s.node set parent = 4 where id = 1")
                .onProvider("begin; delete from $s.hen where id = 1; delete from $s.egg where id = 1; commit")
                .onProvider("delete from $s.node where id in (2, 3)");
        assertEqual("node", "hen", "egg");
    }

    @Test
    void transactionsThatLeaveNothingAndTruncates() {
        begin("create table $s.t (id int primary key, v text);"
                        + " create table $s.c (id serial primary key, t int references $s.t)")
                .onProvider("insert into $s.t values (1, 'x'); insert into $s.c (t) values (1)")
                .add("t", "c");
        assertEqual("t", "c");
        shop.onProvider("begin; select txid_current(); commit")
                .onProvider("begin; insert into $s.t values (2, 'undone'); rollback")
                .onProvider("begin; savepoint s; insert into $s.t values (3, 'undone'); rollback to s; commit")
                .onProvider("begin; insert into $s.t values (4, 'gone'); delete from $s.t where id = 4; commit")
                .onProvider("update $s.t set v = v where id = 99");
        assertEqual("t", "c");
        shop.onProvider("begin; truncate $s.t restart identity cascade; insert into $s.t values (1, 'y'), (5, 'z');"
                + " insert into $s.c (t) values (5); commit");
        assertEqual("t", "c");
        shop.onProvider("truncate $s.c; truncate $s.t cascade; insert into $s.t values (6, 'a')")
                .onProvider("insert into $s.c (t) values (6)");
        assertEqual("t", "c");
    }

    @Test
    void plainTablesGoIntoPartitionedOnesAndBack() {
        var plain = "create table $s.%s (id int primary key, v text)";
        var parts = plain + " partition by range (id);"
                + " create table $s.%1$s1 partition of $s.%1$s for values from (0) to (100);"
                + " create table $s.%1$s2 (v text, id int not null);"
                + " alter table $s.%1$s attach partition $s.%1$s2 for values from (100) to (200)";
        begin("create type $s.unused as enum ()")
                .onProvider(plain.formatted("a") + ";" + parts.formatted("b"))
                .onSubscriber(parts.formatted("a") + ";" + plain.formatted("b"))
                .onProvider(
                        "insert into $s.a select i, 'x' from generate_series(90, 110) i; insert into $s.b table $s.a")
                .add("a", "b");
        assertEqual("a", "b");
        for (var table : new String[] {"a", "b"}) {
            shop.onProvider("update $s." + table + " set id = id - 100, v = 'moved' where id > 105;"
                    + " delete from $s." + table + " where id < 92; insert into $s." + table
                    + " select i, 'new' from generate_series(150, 190) i; update $s." + table + " set v = v || '!'");
        }
        assertEqual("a", "b");
        shop.onProvider("truncate $s.b2; truncate $s.a; insert into $s.a values (1, 'y'), (101, 'z')");
        assertEqual("a", "b");
    }

    @Test
    void uniqueValuesThatSwap() {
        begin("create table $s.now (id int primary key, u int not null unique deferrable initially immediate);"
                        + " create table $s.t (id int primary key, u int unique)")
                .onProvider("insert into $s.now values (1, 1), (2, 2), (3, 3); insert into $s.t values (1, 1), (2, 2)")
                .add("now", "t");
        assertEqual("now", "t");
        shop.onProvider("update $s.now set u = 3 - u where id < 3; update $s.now set id = id % 3 + 11, u = u % 3 + 1")
                .onProvider("begin; update $s.t set u = -1 where id = 1; update $s.t set u = 1 where id = 2;"
                        + " update $s.t set u = 2 where id = 1; commit");
        assertEqual("now", "t");
    }

    @Test
    void columnsThatTheDatabaseFills() {
        shop.create()
                .onProvider(
                        "create table $s.\"Order\" (gone int, \"select\" int generated always as identity primary key,"
                                + " \"from\" int, doubled int generated always as (\"from\" * 2) stored, byit int generated by default"
                                + " as identity); alter table $s.\"Order\" drop gone")
                // Another order, another expression, a column of its own.
                .onSubscriber(
                        "create table $s.\"Order\" (byit int generated by default as identity, own text default 'x',"
                                + " doubled int generated always as (\"from\" + 1) stored, \"from\" int,"
                                + " \"select\" int generated always as identity primary key)")
                .onProvider("insert into $s.\"Order\" (\"from\") values (1), (2), (3)")
                .add("Order");
        replay = shop.replay().start();
        shop.awaitSync();
        shop.onProvider(
                "insert into $s.\"Order\" (\"from\") values (4); update $s.\"Order\" set \"from\" = 9 where \"from\" = 1;"
                        + " update $s.\"Order\" set byit = 12 where \"from\" = 2; delete from $s.\"Order\" where \"from\" = 3");
        shop.awaitSync();
        var columns = "select \"select\", \"from\", byit from " + shop.schema() + ".\"Order\" order by 1";
        assertThat(subscriber.rows(columns)).isEqualTo(provider.rows(columns)).hasSize(3);
        assertThat(subscriber.rows(
                        "select from " + shop.schema() + ".\"Order\" where own <> 'x' or doubled <> \"from\" + 1"))
                .isEmpty();
        assertThat(replay.lastError()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"logutriga", "jsontriga", "sqltriga"})
    void tablesWithTriggersOfSkyToolsAreFollowedAsTheyAre(String trigger) {
        begin("create table $s.t (id int primary key, \"Txt\" text, n numeric, j jsonb, a int[])")
                .onProvider(
                        "create trigger q after insert or update or delete on $s.t for each row execute function pgq."
                                + trigger + "('" + shop.queue() + "')");
        new Subscriber(replay.job()).add(TablePatterns.of(shop.table("t")), new AddOptions(false, true, false, null));
        shop.onProvider(
                        "insert into $s.t values (1, E'a=b& \\\\ü''', 1.10, '[1]', '{1,NULL}'), (2, null, null, null, null)")
                .onProvider(
                        "update $s.t set n = null, \"Txt\" = 'x' where id = 1; insert into $s.t values (3, '', 'NaN')")
                .onProvider("delete from $s.t where id = 2");
        assertEqual("t");
    }

    @Test
    @Tag("soak")
    void valuesOfAHundredMegabytesNeedAGigabyteOfHeap() {
        shop.create()
                .onBoth("create table $s.t (id int primary key, v text)")
                .onProvider("insert into $s.t select 1, repeat(md5('copied'), 3 << 20)")
                .add("t");
        try (var process = ReplayProcess.start(shop, "1g")) {
            shop.awaitSync();
            assertThat(shop.isEqual("t")).isTrue();
            shop.onProvider("insert into $s.t select 2, repeat(md5('inserted'), 3 << 20);"
                    + " update $s.t set v = v || 'x' where id = 1");
            shop.awaitSync();
            assertThat(shop.isEqual("t")).isTrue();
            assertThat(process.isAlive()).isTrue();
        }
    }
}
