package dev.londiste.replication.copy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.replication.testing.Gate;
import dev.londiste.replication.testing.Shop;
import dev.londiste.replication.testing.SwapLoad;
import dev.londiste.testing.TestDatabase;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies in ranges, with tables cut as finely as if they were big. */
@Timeout(180)
class RangedCopyIT {

    private static final CopyOptions FINE = new CopyOptions(2, 2, 16 << 10, 0);
    private static final int ROWS = 4000;

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private Shop shop;

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
        // Even keys, so that a row may move to an odd one anywhere.
        shop.onBoth("create table $s.t (id int primary key, code int not null unique, note text)")
                .onSubscriber("create index on $s.t (note); alter table $s.t add exclude using btree (code with =)")
                .onProvider("insert into $s.t select 2 * i, i, repeat('x', 20) from generate_series(1, " + ROWS + ") i")
                .add("t");
    }

    @Test
    void bigTableIsCopiedInRangesUnderOneSnapshot() {
        var before = indexes();
        try (var load = new SwapLoad(shop, "t").start();
                var gate = gate("londiste.subscriber_table", "new.merge_state = 'catching-up'");
                var replay = shop.replay(FINE).start()) {
            gate.awaitArrival();
            assertThat(ranges()).hasSizeGreaterThan(10).allMatch(range -> range.get("copied_rows") != null);
            assertThat(snapshots()).hasSize(1);
            gate.open();
            load.awaitMore(20);
            finishesEqual(load);
            assertThat(replay.lastError()).isNull();
        }
        assertThat(indexes()).isEqualTo(before);
        assertThat(ranges()).isEmpty();
    }

    @Test
    void C23_rangesThatWereLoadedStayAndTheOthersGetASnapshotOfTheirOwn() {
        var before = indexes();
        dieBeforeRange(9);
        int loaded = rowsOf("copied_rows is not null");
        assertThat(loaded).isGreaterThan(ROWS * 8 / 10);
        try (var load = new SwapLoad(shop, "t").start()) {
            load.awaitMore(200);
            try (var gate = gate("londiste.subscriber_table", "new.merge_state = 'catching-up'");
                    var replay = shop.replay(FINE).start()) {
                gate.awaitArrival();
                assertThat(snapshots()).hasSize(2);
                assertThat(rowsOf("copy_attempt = " + shop.registration("t").get("copy_attempt")))
                        .isPositive()
                        .isLessThan(ROWS / 5);
                load.awaitMore(50);
                gate.open();
                finishesEqual(load);
                assertThat(replay.lastError()).isNull();
            }
        }
        assertThat(indexes()).isEqualTo(before);
        assertThat(ranges()).isEmpty();
    }

    @Test
    void C23_truncateIsADeleteInTheRangesThatDoNotSeeIt() {
        dieBeforeRange(5);
        shop.onProvider("truncate $s.t; insert into $s.t select 2 * i + 1, i, 'after' from generate_series(1, " + ROWS
                + ", 100) i; update $s.t set id = id - 1 where id % 401 = 0");
        try (var replay = shop.replay(FINE).start()) {
            shop.awaitSync();
            assertThat(shop.isEqual("t")).isTrue();
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void C23_changedTableIsCopiedAnew() {
        dieBeforeRange(5);
        shop.onBoth("alter table $s.t add column extra int not null default 7");
        try (var replay = shop.replay(FINE).start()) {
            shop.awaitSync();
            assertThat(shop.isEqual("t")).isTrue();
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void C23_copyWhosePositionIsLostBeginsAnew() {
        dieBeforeRange(5);
        subscriber.execute("delete from londiste.completed where consumer_id like '" + shop.job() + "_copy_%'");
        shop.onProvider("delete from $s.t where id % 3 = 0");
        try (var replay = shop.replay(FINE).start()) {
            shop.awaitSync();
            assertThat(shop.isEqual("t")).isTrue();
            assertThat(replay.lastError()).isNull();
        }
    }

    /** Numbers that are equal and print differently, text in the order of its bytes, several columns. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "numeric;(i - 2000)::numeric / case when i % 2 = 0 then 1 else 3 end",
                "text collate \"C\";chr(33 + i % 90) || case when i % 7 = 0 then 'É' else 'z''\"\\' end || i",
                "uuid;md5(i::text)::uuid",
                "timestamptz;timestamptz '0001-06-01 BC' + i * interval '1 day 3 seconds'",
                "bytea;decode(md5(i::text), 'hex')"
            })
    void C23_keysOfAnyOrderAreJudgedByTheirRange(String typeAndKey) {
        var type = typeAndKey.substring(0, typeAndKey.indexOf(';'));
        var key = typeAndKey.substring(typeAndKey.indexOf(';') + 1);
        shop.onBoth("create table $s.k (part smallint, k " + type + ", v int, primary key (part, k))")
                .onProvider("insert into $s.k select i / 1000, " + key + ", i from generate_series(1, " + ROWS
                        + ") i; analyze $s.k")
                .add("k");
        dieBeforeRange(2, "k");
        shop.onProvider("delete from $s.k where v % 5 = 0; update $s.k set part = part + 1 where v % 5 = 1;"
                + " update $s.k set v = -v where v % 5 = 2; update $s.k set part = 9 - part where v % 5 = 3");
        if (type.equals("numeric")) {
            shop.onProvider("update $s.k set k = round(k, 3) where k = round(k, 3)");
        }
        try (var replay = shop.replay(FINE).start()) {
            shop.awaitSync();
            assertThat(shop.isEqual("k")).isTrue();
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void tableOfWhichAnotherUniqueIndexMustStayIsCopiedInOnePiece() {
        shop.onSubscriber("create table $s.child (code int references $s.t (code))")
                .onSubscriber("create view $s.v as select id, code, note from $s.t group by id")
                .onSubscriber("alter table $s.t alter column code set statistics 10")
                .onSubscriber(
                        "create unique index u on $s.t ((code + 1)); alter index $s.u alter column 1 set statistics 9");
        try (var replay = shop.replay(FINE).start()) {
            shop.awaitSync();
            assertThat(shop.isEqual("t")).isTrue();
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void removedInMidCopyItHasItsIndexesBack() {
        var before = indexes();
        dieBeforeRange(5);
        assertThat(indexes()).isEmpty();
        subscriber.rows("select londiste.remove_subscriber_table(?, ?, ?)", shop.job(), shop.queue(), shop.table("t"));
        assertThat(indexes()).isEqualTo(before);
    }

    private void dieBeforeRange(int range) {
        dieBeforeRange(range, "t");
    }

    /** All other ranges are committed, since nobody stops them. */
    private void dieBeforeRange(int range, String table) {
        try (var gate = gate(
                        "londiste.subscriber_copy_range",
                        "new.range_nr = " + range + " and new.table_name = '" + shop.table(table) + "'");
                var replay = shop.replay(FINE).start()) {
            gate.awaitArrival();
            Shop.await().until(() -> missing(table).size() == 1);
            assertThat(replay.lastError()).isNull();
        }
        assertThat(missing(table)).containsExactly(Map.of("range_nr", range));
    }

    private List<Map<String, Object>> missing(String table) {
        return subscriber.rows(
                "select range_nr from londiste.subscriber_copy_range where queue_name = ? and table_name = ?"
                        + " and snapshot is null",
                shop.queue(),
                shop.table(table));
    }

    private Gate gate(String table, String condition) {
        return new Gate(subscriber, table, "new.queue_name = '" + shop.queue() + "' and " + condition);
    }

    private void finishesEqual(SwapLoad load) {
        Shop.await().until(shop::isInSync);
        load.stop();
        shop.awaitSync();
        assertThat(shop.isEqual("t")).isTrue();
    }

    private List<Map<String, Object>> ranges() {
        return subscriber.rows(
                "select * from londiste.subscriber_copy_range where queue_name = ? order by range_nr", shop.queue());
    }

    private List<Map<String, Object>> snapshots() {
        return subscriber.rows(
                "select distinct snapshot from londiste.subscriber_copy_range where queue_name = ?", shop.queue());
    }

    private int rowsOf(String condition) {
        return subscriber
                .<Number>value(
                        "select coalesce(sum(copied_rows), 0)::int from londiste.subscriber_copy_range where queue_name = ?"
                                + " and " + condition,
                        shop.queue())
                .intValue();
    }

    private List<Map<String, Object>> indexes() {
        return subscriber.rows(shop.sql("""
                select pg_get_indexdef(i.indexrelid) as definition, pg_get_constraintdef(c.oid) as of_constraint
                  from pg_index i left join pg_constraint c on c.conindid = i.indexrelid and c.conrelid = i.indrelid
                 where i.indrelid = '$s.t'::regclass
                 order by 1, 2
                """));
    }
}
