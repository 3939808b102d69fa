package dev.londiste.replication.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.replication.admin.AddOptions;
import dev.londiste.replication.admin.Subscriber;
import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.PostgresServer;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Provider and subscriber of different versions, with different encodings, collations and orders of columns. */
@Timeout(300)
class MixedVersionsIT {

    private static final String COLUMNS = """
            id bigint primary key, name text, amount numeric, ratio float8, at timestamptz, day date, span interval, raw bytea,
            tags text[], range int4range, doc jsonb, plain json, code char(6), flag boolean, net inet, key uuid""";

    private static final String OTHER_ORDER = """
            key uuid, net inet, flag boolean, code char(6), plain json, doc jsonb, range int4range, tags text[], raw bytea,
            span interval, day date, at timestamptz, ratio float8, amount numeric, name varchar collate "C", id bigint primary key""";

    private static final String ROWS = """
            select i, 'näme ' || repeat(md5(i::text), 4), i / 7.0, i / 3.0, timestamptz '2024-01-01 00:00+00' + i * interval '1 s',
                   date '0044-03-15 BC' + i, i * interval '1 mon 1 h', decode(md5(i::text), 'hex'), array['ä,"' || i, null],
                   int4range(i, i + 5), jsonb_build_object('b', i, 'a', null), '{"x" :  1}'::json, 'c' || i % 1000,
                   i % 2 = 0, '10.0.0.1'::inet + i, md5(i::text)::uuid""";

    private static PostgresServer oldest;
    private static PostgresServer newest;

    @BeforeAll
    static void start() {
        oldest = PostgresServer.ofVersion(14);
        newest = PostgresServer.ofVersion(18);
    }

    @AfterAll
    static void stop() {
        oldest.close();
        newest.close();
    }

    private static PostgresServer server(int version) {
        return version == 14 ? oldest : newest;
    }

    private static TestDatabase database(int version, String options) {
        var database = TestDatabase.on(server(version), options);
        database.install("pgq");
        database.install("londiste");
        assertThat((String) database.value("show server_version")).startsWith(version + ".");
        return database;
    }

    private static Shop shop(int from, int to) {
        var provider = database(from, "template template0 encoding 'UTF8'");
        var subscriber = database(to, "template template0 encoding 'LATIN1' lc_collate 'C' lc_ctype 'C'");
        return new Shop(provider, subscriber)
                .create()
                .onProvider("create table $s.t (" + COLUMNS + ")")
                .onSubscriber("create table $s.t (" + OTHER_ORDER + ")");
    }

    @ParameterizedTest
    @CsvSource({"14, 18", "18, 14"})
    void tablesAreCopiedFollowedComparedAndRepaired(int from, int to) {
        var shop = shop(from, to)
                .onProvider("insert into $s.t " + ROWS + " from generate_series(1, 2000) i")
                .add("t");
        try (var replay = shop.replay().start();
                var verified = new Verified(shop)) {
            shop.awaitSync();
            shop.onProvider("update $s.t set name = name || 'é', amount = -amount, ratio = 'NaN' where id % 3 = 0")
                    .onProvider("update $s.t set id = id + 100000, doc = 'null', plain = null where id % 5 = 0")
                    .onProvider("delete from $s.t where id % 7 = 0")
                    .onProvider("insert into $s.t " + ROWS + " from generate_series(5000, 5100) i");
            shop.awaitSync();
            assertThat(verified.compare("t")).containsEntry("equal", true);
            shop.onSubscriber("update $s.t set name = replace(name, 'ä', 'a'), plain = '[1]' where id % 50 = 1")
                    .onSubscriber("delete from $s.t where id % 50 = 2")
                    .onSubscriber("update $s.t set id = -id where id % 50 = 3");
            var result = verified.repair("t", true);
            assertThat(result).containsEntry("equal", false).containsEntry("failed_rows", 0L);
            assertThat(verified.compare("t")).containsEntry("equal", true);
            assertThat(replay.lastError()).isNull();
        }
    }

    /** Virtual columns have no value in a trigger: whoever copied one would have rows that lose it. */
    @Test
    void C01_columnsThatTheProviderGeneratesAreGeneratedOnTheSubscriberOrRefused() {
        var provider = database(18, "");
        var table = "create table $s.%s (id int primary key, n int, v int%s, s int%s, j jsonb)";
        var generated =
                table.formatted("t", " generated always as (n * 2) virtual", " generated always as (n * 3) stored");
        var shop = new Shop(provider, database(14, ""))
                .create()
                .onProvider(generated)
                .onSubscriber(generated.replace("virtual", "stored"))
                .onProvider("insert into $s.t values (1, 1, default, default, 'null'), (2, 2, default, default, null)")
                .add("t");
        try (var replay = shop.replay().start()) {
            shop.awaitSync()
                    .onProvider("insert into $s.t values (3, 3); update $s.t set n = 7, id = 4 where id = 1")
                    .awaitSync();
            assertThat(shop.content(shop.subscriber(), "t")).isEqualTo(shop.content(shop.provider(), "t"));
            assertThat(replay.lastError()).isNull();
        }
        for (var columns : new String[] {"v int, s int generated always as (n * 3) stored", "s int"}) {
            shop.onSubscriber(
                    "drop table $s.t; create table $s.t (id int primary key, n int, j jsonb, " + columns + ")");
            assertIsRefused(shop);
        }
    }

    private static void assertIsRefused(Shop shop) {
        shop.subscriber().execute("delete from londiste.subscriber_table");
        try (var replay = shop.replay()) {
            var subscriber = new Subscriber(replay.job());
            var table = TablePatterns.of(shop.table("t"));
            assertThatThrownBy(() -> subscriber.add(table, AddOptions.DEFAULT)).hasMessageContaining("column v is ");
            subscriber.add(table, new AddOptions(true, false, false, null));
            replay.start();
            Shop.await().until(() -> replay.copies().errors().values().stream().anyMatch(e -> e.contains(": v;")));
        }
        assertThat(shop.content(shop.subscriber(), "t")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"14, 18", "18, 14"})
    void oneRowOfManyIsFoundWithoutMovingTheTable(int from, int to) {
        findOneOf(20_000, shop(from, to));
    }

    @Tag("soak")
    @ParameterizedTest
    @CsvSource({"14, 18", "18, 14"})
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void oneRowOfAMillionIsFoundWithLessThanTwoPercentOfTheTable(int from, int to) {
        findOneOf(1_000_000, shop(from, to));
    }

    private static void findOneOf(int rows, Shop shop) {
        shop.onProvider("insert into $s.t " + ROWS + " from generate_series(1, " + rows + ") i")
                .add("t");
        try (var replay = shop.replay().start();
                var verified = new Verified(
                        shop, counted(shop.provider()), counted(shop.subscriber()), Duration.ofSeconds(60))) {
            Shop.await().atMost(Duration.ofMinutes(10)).until(shop::isInSync);
            shop.awaitSync();
            shop.onSubscriber("update $s.t set flag = not flag where id = 4711");
            long before = CountingSockets.received();
            var result = verified.compare("t");
            long read = CountingSockets.received() - before;
            long table = ((Number) shop.provider().value(shop.sql("select sum(octet_length(t::text)) from $s.t t")))
                    .longValue();
            assertThat(Verified.differences(result)).containsExactly("changed 4711");
            assertThat(read).isLessThan(2 * table / 100);
            assertThat(replay.lastError()).isNull();
        }
    }

    private static DataSource counted(TestDatabase database) {
        var source = (PGSimpleDataSource) database.dataSource();
        source.setSocketFactory(CountingSockets.class.getName());
        return source;
    }
}
