package dev.londiste.replication.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.replication.testing.ReplayLoop;
import dev.londiste.replication.testing.Shop;
import dev.londiste.replication.testing.WriteLoad;
import dev.londiste.replication.verify.VerificationProgress.Phase;
import dev.londiste.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class RepairIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    @TempDir
    Path directory;

    private Shop shop;
    private Verified verified;
    private ReplayLoop replay;

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
        verified = new Verified(shop);
        replay = shop.replay().start();
    }

    @AfterEach
    void tearDown() {
        replay.close();
        verified.close();
    }

    /** Table {@code t} with 2,000 rows on both sides, in sync. */
    private void table() {
        shop.onBoth("create table $s.t (id int primary key, value int, note text)")
                .onProvider("insert into $s.t select i, 0, 'x' from generate_series(1, 2000) i")
                .add("t");
        shop.awaitSync();
    }

    private void spoil() {
        shop.onSubscriber("delete from $s.t where id % 100 = 1")
                .onSubscriber("update $s.t set value = -1, note = null where id % 100 = 2")
                .onSubscriber("insert into $s.t select i, i, 'extra' from generate_series(5001, 5020) i");
    }

    @Test
    void statementsAreWrittenAndNothingIsChanged() {
        table();
        spoil();
        var result = verified.repair("t", false);
        assertThat(result)
                .containsEntry("missing_rows", 20L)
                .containsEntry("changed_rows", 20L)
                .containsEntry("extra_rows", 20L)
                .containsEntry("statement_count", 60L)
                .containsEntry("repaired_rows", 0L)
                .containsEntry("sql_file", null);
        assertThat(shop.isEqual("t")).isFalse();
        Verified.statements(result).forEach(shop::onSubscriber);
        assertThat(shop.isEqual("t")).isTrue();
    }

    @Test
    void everyTypeAndCharacterIsQuotedExactly() {
        shop.onBoth("create type $s.mood as enum ('so so', 'it''s')")
                .onBoth("create type $s.pair as (a text, b int)")
                .onBoth("create domain $s.short as varchar(40)")
                .onBoth("""
                        create table $s."Odd ""Table" ("Key ""1" int generated always as identity, "select" text,
                            primary key ("Key ""1", "select"), n numeric, f float8, b bytea, a text[], c $s.pair,
                            r int4range, m $s.mood, d $s.short, j json, jb jsonb, x xml, p point, ts timestamptz, i interval,
                            ch char(8), bo bool, bi bit(5), tv tsvector, u uuid)""")
                .onProvider("""
                        insert into $s."Odd ""Table" ("select", n, f, b, a, c, r, m, d, j, jb, x, p, ts, i, ch, bo, bi, tv, u)
                        select k, '1.50', 'NaN', '\\x00ff27', '[2:3]={"a,b",null}', row('it''s "q"', null)::$s.pair, '(1,5]', 'it''s',
                            e'tab\\t nl\\n back\\\\slash', '{"a" :  1}', 'null', '<a b="1"/>', '(1,2)', '2024-02-29 23:00:00.123456+05',
                            '-1 day +02:03:04', 'abc', true, '10101', 'a:1 b', gen_random_uuid()
                          from unnest(array['', 'plain', e'quote '' and \\\\ and \\u00e4', 'row'';drop']) k""");
        shop.add("Odd \"Table");
        shop.awaitSync();
        shop.onSubscriber("""
                delete from $s."Odd ""Table" where "select" = 'row'';drop';
                update $s."Odd ""Table" set n = 1.5, f = 0, b = '\\x5c', a = null, c = null, r = 'empty', m = 'so so', d = '', j = null,
                    jb = null, x = null, p = null, ts = 'infinity', i = '1 mon', ch = '', bo = null, bi = null, tv = '', u = null
                 where "select" <> 'plain';
                insert into $s."Odd ""Table" overriding system value select -1, 'extra', n, f, b, a, c, r, m, d, j, jb, x, p, ts, i,
                    ch, bo, bi, tv, u from $s."Odd ""Table" where "select" = 'plain'""");
        var result = verified.repair("Odd \"Table", false);
        Verified.statements(result).forEach(shop::onSubscriber);
        assertThat(verified.compare("Odd \"Table")).containsEntry("equal", true).containsEntry("provider_rows", 4L);
    }

    /** A value that is written in one style and read in another is another one. */
    @Test
    void C39_settingsOfTheTwoDatabasesMakeNoDifference() {
        shop.onBoth("create table $s.v (id int primary key, i interval, b bytea)")
                .onProvider("insert into $s.v values (1, '-1 day +02:03:04', '\\x00ff'), (2, '1 mon -1 day', '\\x01'),"
                        + " (3, '-1 h', '\\x02')")
                .add("v");
        shop.awaitSync();
        try {
            provider.execute("alter database " + provider.name() + " set intervalstyle = 'sql_standard'");
            subscriber.execute("alter database " + subscriber.name() + " set bytea_output = 'escape'");
            assertThat(verified.compare("v")).containsEntry("equal", true);
            shop.onSubscriber("delete from $s.v where id = 1; update $s.v set i = '0', b = '' where id = 2");
            assertThat(verified.repair("v", true)).containsEntry("repaired_rows", 2L);
        } finally {
            provider.execute("alter database " + provider.name() + " reset intervalstyle");
            subscriber.execute("alter database " + subscriber.name() + " reset bytea_output");
        }
        assertThat(shop.isEqual("v")).isTrue();
    }

    @Test
    void C40_eachStatementTestsTheOldValues() {
        table();
        spoil();
        var result = verified.repair("t", false);
        shop.onSubscriber("update $s.t set value = 7, note = 'newer' where id % 100 in (2) or id > 5000");
        var before = shop.checksum(subscriber, "t");
        Verified.statements(result).stream()
                .filter(sql -> !sql.startsWith("insert"))
                .forEach(shop::onSubscriber);
        assertThat(shop.checksum(subscriber, "t")).isEqualTo(before);
    }

    @Test
    void fileHasTheStatementsWithDeletesFirst() throws IOException {
        table();
        spoil();
        var result = verified.repair("t", false, directory, VerificationListener.NONE);
        var file = Path.of((String) result.get("sql_file"));
        assertThat(file).hasFileName("fix." + shop.table("t") + ".sql");
        var sql = Files.readString(file);
        assertThat(sql.lastIndexOf("delete from")).isLessThan(sql.indexOf("insert into"));
        assertThat(directory).isDirectoryContaining(path -> path.equals(file)).isDirectoryNotContaining("glob:**.part");
        shop.onSubscriber(sql);
        assertThat(shop.isEqual("t")).isTrue();

        assertThat(verified.repair("t", false, directory, VerificationListener.NONE))
                .containsEntry("sql_file", null);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void appliedRepairMakesBothSidesEqualAndSaysHowMuchItDid() {
        table();
        spoil();
        assertThat(verified.repair("t", true))
                .containsEntry("repaired_rows", 60L)
                .containsEntry("failed_rows", 0L);
        assertThat(shop.isEqual("t")).isTrue();
        assertThat(verified.repair("t", true)).containsEntry("equal", true).containsEntry("repaired_rows", 0L);
    }

    @Test
    void C40_oldDifferenceDoesNotBringBackARowThatWasDeletedSince() {
        table();
        shop.onSubscriber("delete from $s.t where id in (6, 7)")
                .onSubscriber("update $s.t set note = 'old' where id = 8");
        var once = new AtomicBoolean();
        var result = verified.repair("t", true, null, progress -> {
            // The difference is found, the chunk's own look at both sides is yet to come.
            if (progress.phase() == Phase.REPAIRING && once.compareAndSet(false, true)) {
                shop.onProvider("delete from $s.t where id = 7")
                        .onProvider("update $s.t set note = 'newer' where id = 8");
                shop.awaitSync();
            }
        });
        assertThat(result)
                .containsEntry("missing_rows", 2L)
                .containsEntry("changed_rows", 1L)
                .containsEntry("repaired_rows", 1L);
        assertThat(shop.isEqual("t")).isTrue();
        assertThat(replay.lastError()).isNull();
    }

    @Test
    void C40_repairBesideWritersAndReplayEndsEqual() throws Exception {
        table();
        try (var load = new WriteLoad(shop, "t").start()) {
            load.awaitMore(5);
            // Rows that the load never touches: the replay would stop at a row that is not what it expects.
            shop.onProvider("insert into $s.t select i, 0, 'quiet' from generate_series(30000, 33000) i");
            shop.awaitSync();
            shop.onSubscriber("delete from $s.t where id between 30000 and 30999")
                    .onSubscriber("update $s.t set note = 'bad' where id between 31000 and 31999")
                    .onSubscriber("insert into $s.t select i, 0, 'extra' from generate_series(40000, 40100) i");
            load.awaitMore(5);
            var result = verified.repair("t", true);
            assertThat(result).containsEntry("repaired_rows", 2101L);
            load.awaitMore(5);
            load.stop();
        }
        shop.awaitSync();
        assertThat(shop.isEqual("t")).isTrue();
        assertThat(replay.lastError()).isNull();
    }

    @Test
    void rowsThatSwappedUniqueValuesAreRepairedTogether() {
        shop.onBoth("create table $s.u (id int primary key, name text unique, note text)")
                .onProvider("insert into $s.u select i, 'n' || i from generate_series(1, 700) i")
                .add("u");
        shop.awaitSync();
        // More than one chunk, so that some of the pairs lie in two.
        shop.onSubscriber("update $s.u set note = 'bad', name = case when id <= 20 then 'm' || (21 - id) else name end")
                .onSubscriber("update $s.u set name = 'n' || substr(name, 2) where id <= 20");
        assertThat(verified.repair("u", true))
                .containsEntry("changed_rows", 700L)
                .containsEntry("failed_rows", 0L);
        assertThat(shop.isEqual("u")).isTrue();
    }

    @Test
    void keysThatAreEqualButWrittenInAnotherWayAreOneRow() {
        shop.onBoth("create table $s.k (n numeric primary key, v int)")
                .onProvider("insert into $s.k values (1.0, 1), (2, 2)")
                .add("k");
        shop.awaitSync();
        shop.onSubscriber("update $s.k set n = 1.00 where n = 1");
        assertThat(verified.repair("k", true))
                .containsEntry("repaired_rows", 1L)
                .containsEntry("failed_rows", 0L);
        assertThat(verified.compare("k")).containsEntry("equal", true);
    }

    @Test
    void C29_deletingAParentThatIsTooManyTouchesNoChildren() {
        shop.onBoth("create table $s.parent (id int primary key)")
                .onBoth("create table $s.child (id int primary key, parent int)")
                .onProvider("insert into $s.child values (1, 1)")
                .add("parent", "child");
        shop.awaitSync();
        shop.onSubscriber("insert into $s.parent values (1)")
                .onSubscriber("alter table $s.child add foreign key (parent) references $s.parent on delete cascade");
        assertThat(verified.repair("parent", true)).containsEntry("repaired_rows", 1L);
        assertThat(shop.isEqual("parent")).isTrue();
        assertThat(shop.isEqual("child")).isTrue();
    }

    @Test
    void rowsThatAConstraintRefusesAreCountedAndTheOthersRepaired() {
        table();
        shop.onProvider("update $s.t set value = 1000 where id = 5");
        shop.awaitSync();
        shop.onSubscriber("delete from $s.t where id <= 200").onSubscriber("alter table $s.t add check (value < 1000)");
        var result = verified.repair("t", true);
        assertThat(result).containsEntry("repaired_rows", 199L).containsEntry("failed_rows", 1L);
        assertThat((String) result.get("error")).contains("violates check constraint");
        assertThat(Verified.differences(verified.compare("t"))).containsExactly("missing 5");
    }

    @Test
    void columnsOfTheSubscribersOwnSurvive() {
        shop.onProvider("create table $s.o (id int primary key, v int)")
                .onSubscriber("create table $s.o (id int primary key, own text default 'mine', v int)")
                .onProvider("insert into $s.o values (1, 1), (2, 2)")
                .add("o");
        shop.awaitSync();
        shop.onSubscriber("update $s.o set own = 'kept', v = 0 where id = 1")
                .onSubscriber("delete from $s.o where id = 2");
        assertThat(verified.repair("o", true)).containsEntry("repaired_rows", 2L);
        assertThat(shop.content(subscriber, "o"))
                .extracting(row -> row.get("row"))
                .containsExactly("(1,kept,1)", "(2,mine,2)");
    }

    @Test
    void tableThatIsCopiedAgainMeanwhileIsNotRepaired() {
        table();
        spoil();
        assertThatThrownBy(() -> verified.repair("t", true, null, progress -> {
                    if (progress.phase() == Phase.REPAIRING) {
                        subscriber.rows(
                                "select londiste.resync_table(?, ?, ?)", shop.job(), shop.queue(), shop.table("t"));
                    }
                }))
                .hasMessageContaining("no longer in sync");
    }

    @Test
    void subscriberWithoutTheKeyIsRefused() {
        table();
        shop.onSubscriber("alter table $s.t drop constraint t_pkey");
        assertThatThrownBy(() -> verified.repair("t", false)).hasMessageContaining("has no usable unique index");
    }
}
