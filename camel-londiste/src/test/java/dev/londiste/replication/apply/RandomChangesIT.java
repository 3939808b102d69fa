package dev.londiste.replication.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random transactions on captured tables, applied as net changes and in order, by a role that may act as replica and by
 * one that may not: both sides end equal every time. The seed is in the message of a failure.
 */
@Timeout(600)
class RandomChangesIT {

    private static final List<String> TABLES = List.of("parent", "child", "pair", "uni", "amount", "part", "own");

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withLondiste();

    private static Provider provider;

    @BeforeAll
    static void tables() {
        provider = new Provider(database);
        provider.table("parent", "(id int primary key, txt text)");
        for (var schema : List.of("src", "dst")) {
            database.execute(("create table S.child (id int primary key, parent_id int references S.parent"
                            + " on delete cascade on update cascade, j jsonb)")
                    .replace("S.", schema + "."));
            database.execute(("create table S.part (id int, region int, txt text, primary key (id, region))"
                            + " partition by list (region); create table S.part_0 partition of S.part for values in (0, 1);"
                            + " create table S.part_1 (txt text, region int not null, id int not null);"
                            + " alter table S.part attach partition S.part_1 default")
                    .replace("S.", schema + "."));
        }
        provider.capture("child");
        provider.capture("part");
        provider.table("pair", "(a text, b int, txt text, primary key (a, b))");
        provider.table("uni", "(id int generated always as identity primary key, u int unique, txt varchar(40))");
        provider.table("amount", "(n numeric primary key, txt text)");
        provider.table("own", "(id int primary key, txt text)");
        database.execute("alter table dst.own add extra int default 7");
        database.execute("create role modest login password 'modest';"
                + " grant usage on schema dst to modest; grant all on all tables in schema dst to modest");
    }

    @ParameterizedTest
    @EnumSource(ApplyMode.class)
    void bothSidesEndEqual(ApplyMode mode) throws SQLException {
        for (long seed = 1; seed <= 6; seed++) {
            run(seed, mode);
        }
    }

    @Test
    @Tag("soak")
    void bothSidesEndEqualForLong() throws SQLException {
        long start = System.nanoTime();
        for (long seed = start; System.nanoTime() - start < 300_000_000_000L; seed++) {
            for (var mode : ApplyMode.values()) {
                run(seed, mode);
            }
        }
    }

    private static void run(long seed, ApplyMode mode) throws SQLException {
        try (var asSuperuser = database.connect();
                var asModest = database.dataSource("modest", "modest").getConnection()) {
            var random = new Random(seed);
            for (int batch = 0; batch < 4; batch++) {
                write(random);
                var changes = provider.changes();
                Subscriber.apply(
                        random.nextBoolean() ? asSuperuser : asModest, mode, changes, Provider.targets(changes));
                for (var table : TABLES) {
                    assertThat(rows("dst", table))
                            .as("seed %s, %s, %s", seed, mode, table)
                            .isEqualTo(rows("src", table));
                }
            }
        }
    }

    private static List<String> rows(String schema, String table) {
        return table.equals("own")
                ? provider.rows("(select id, txt from " + schema + ".own)")
                : provider.rows(schema + "." + table);
    }

    private static void write(Random random) throws SQLException {
        try (var connection = database.connect()) {
            connection.setAutoCommit(false);
            for (int transactions = random.nextInt(12); transactions >= 0; transactions--) {
                for (int statements = random.nextInt(8); statements >= 0; statements--) {
                    tryOne(connection, statement(random));
                }
                connection.commit();
            }
        }
    }

    /** Many statements are refused, by a unique key or a foreign key: as in life. */
    private static void tryOne(Connection connection, String sql) throws SQLException {
        var savepoint = connection.setSavepoint();
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
            connection.releaseSavepoint(savepoint);
        } catch (SQLException e) {
            if (!e.getSQLState().startsWith("23")) {
                throw e;
            }
            connection.rollback(savepoint);
        }
    }

    private static String statement(Random random) {
        int a = random.nextInt(12);
        int b = random.nextInt(12);
        var choices = Stream.of(
                        "insert into src.parent values (%1$s, 'p%2$s')",
                        "insert into src.parent select i, 'many' from generate_series(%1$s, %2$s) i on conflict do nothing",
                        "update src.parent set txt = 'u%2$s' where id < %1$s",
                        "update src.parent set id = %2$s where id = %1$s",
                        "update src.parent set id = id + 100 where id = %1$s",
                        "delete from src.parent where id = %1$s",
                        "delete from src.parent where id > %1$s",
                        "insert into src.child values (%1$s, %2$s, 'null')",
                        "insert into src.child values (%1$s, null, '{\"a\": %2$s}')",
                        "update src.child set parent_id = %2$s where id = %1$s",
                        "delete from src.child where id = %1$s",
                        "insert into src.pair values ('%1$s', %2$s, 'x')",
                        "update src.pair set a = '%2$s' where a = '%1$s'",
                        "update src.pair set b = b + 1 where a = '%1$s'",
                        "update src.pair set txt = null where b = %2$s",
                        "delete from src.pair where a = '%1$s'",
                        "insert into src.uni (u) values (%1$s)",
                        "insert into src.uni (id, u) overriding system value values (%1$s + 1000, %2$s)",
                        "delete from src.uni where u = %1$s; insert into src.uni (u, txt) values (%1$s, 'again')",
                        "update src.uni set u = u + 20 where u = %1$s; update src.uni set u = %1$s where u = %2$s",
                        "delete from src.uni where u = %2$s",
                        "insert into src.amount values (%1$s, 'x')",
                        "update src.amount set n = round(n, scale(n) + 1) where n = %1$s",
                        "update src.amount set txt = '%2$s' where n = %1$s",
                        "delete from src.amount where n = %1$s",
                        "insert into src.part values (%1$s, %2$s %% 4, 'x')",
                        "update src.part set region = %2$s %% 4 where id = %1$s",
                        "update src.part set txt = 'u' || %2$s where id = %1$s",
                        "delete from src.part where id = %1$s",
                        "insert into src.own values (%1$s, 'x')",
                        "update src.own set id = %2$s where id = %1$s",
                        "delete from src.own where id = %1$s; insert into src.own values (%1$s, 'again')",
                        "truncate src.pair",
                        "truncate src.parent cascade",
                        "truncate src.own, src.amount")
                .toList();
        // The three kinds of TRUNCATE are the last, and rare.
        int last = random.nextInt(40) == 0 ? choices.size() : choices.size() - 3;
        return choices.get(random.nextInt(last)).formatted(a, b);
    }
}
