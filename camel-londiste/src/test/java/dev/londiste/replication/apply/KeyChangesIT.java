package dev.londiste.replication.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.testing.TestDatabase;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Changes of keys whose types JSON does not show exactly, or whose columns refuse to be set. */
@Timeout(120)
class KeyChangesIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withLondiste();

    private static Provider provider;
    private static int tables;

    private final Subscriber subscriber = new Subscriber(database);

    @BeforeAll
    static void createTypes() {
        database.execute("""
                create type pair as (n int, txt text);
                create domain pairs as pair[];
                create type mood as enum ('sad', 'ok', 'so, so');
                create extension hstore;
                """);
        provider = new Provider(database);
    }

    /** A type, an expression of it over the number {@code n}, and whether it is applied by net changes. */
    static Stream<Arguments> keys() {
        return Stream.of(
                        List.of("int[]", "array[n, n + 1]"),
                        List.of("int[]", "('[' || n || ':' || n || ']={7}')::int[]"),
                        List.of("text[]", "array[n || ',\"', null, '{}']"),
                        List.of("numeric[]", "array[n * 1.10, 'NaN']"),
                        List.of(
                                "timestamptz[]",
                                "array['2026-01-02 03:04:05+00'::timestamptz + n * interval '1 hour']"),
                        List.of("pair", "row(n, ' a\"b\\,(' || n || ')')::pair"),
                        List.of("pair[]", "array[row(n, null)::pair]"),
                        List.of("pairs", "array[row(n, '')::pair]::pairs"),
                        List.of("int4range", "int4range(n, n + 5)"),
                        List.of(
                                "tstzrange",
                                "tstzrange('2026-01-01', '2026-01-01'::timestamptz + n * interval '1 day')"),
                        List.of("int4multirange", "int4multirange(int4range(n, n + 2), int4range(n + 10, n + 12))"),
                        List.of("mood[]", "array_fill('so, so'::mood, array[n])"),
                        List.of("jsonb", "to_jsonb('text ' || n)"),
                        List.of("jsonb", "jsonb_build_object('n', n, 'null', null)"),
                        List.of("hstore", "hstore('n', n::text)"),
                        List.of("interval", "n * interval '25 hours'"),
                        List.of("bytea", "decode(lpad(to_hex(n), 4, '0'), 'hex')"),
                        List.of("numeric", "n * 1.10"))
                .flatMap(key -> Stream.of(ApplyMode.values()).map(mode -> Arguments.of(key.get(0), key.get(1), mode)));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void C03_oldKeyOfAnyTypeFindsItsRow(String type, String value, ApplyMode mode) {
        var table = "keyed" + ++tables;
        provider.table(table, "(k " + type + ", n int, v int, primary key (k, n))");
        database.execute("insert into src." + table + " select " + value + ", 0, n from generate_series(1, 40) n");
        // Few changes go as statements of their own, many by a function.
        moves(table, type, value, 3, mode);
        moves(table, type, value, 40, mode);
    }

    private void moves(String table, String type, String value, int last, ApplyMode mode) {
        var text = value.replace("n * interval", "(n) * interval");
        database.execute("update src." + table + " t set k = (select " + text
                + " from (select t.v + 1000 as n) as moved), v = v + 1000 where v between 1 and " + last);
        database.execute(
                "set intervalstyle = 'sql_standard'; set extra_float_digits = 0; set timezone = 'Asia/Kathmandu';"
                        + " set bytea_output = 'escape'; update src." + table + " t set k = (select " + text
                        + " from (select t.v - 1000 as n) as moved), v = v - 1000 where v between 1001 and "
                        + (1000 + last));
        database.execute("update src." + table + " set n = n + 1; delete from src." + table + " where v = " + last);
        database.execute("insert into src." + table + " select " + value + ", n, n from generate_series(" + last + ", "
                + last + ") n");
        var changes = provider.changes();
        subscriber.apply(mode, changes, Provider.targets(changes));
        assertThat(provider.rows("dst." + table)).as(type).isEqualTo(provider.rows("src." + table));
    }

    @ParameterizedTest
    @MethodSource("modes")
    void C33_keyThatIsGeneratedAlwaysMayBecomeAnother(ApplyMode mode, boolean referenced) {
        var table = "identity" + ++tables;
        provider.table(table, "(id int generated always as identity primary key, v int, u int unique)");
        database.execute("alter table dst." + table + " add own text default 'of the subscriber'");
        if (referenced) {
            database.execute("create table dst.child_" + table + " (id int references dst." + table
                    + " on delete cascade on update cascade)");
        }
        database.execute("insert into src." + table + " (v, u) select i, i from generate_series(1, 60) i");
        apply(mode);
        database.execute("update dst." + table + " set own = 'kept'");
        if (referenced) {
            database.execute("insert into dst.child_" + table + " values (3), (59)");
        }
        database.execute("update src." + table + " set id = default where id = 3");
        apply(mode);
        database.execute("update src." + table + " set id = default, v = -v where v > 3");
        database.execute("delete from src." + table + " where v = -10; update src." + table + " set v = 0 where v = 2");
        apply(mode);
        assertThat(database.rows("select id, v, u from dst." + table + " order by 1"))
                .isEqualTo(database.rows("select id, v, u from src." + table + " order by 1"));
        assertThat(database.rows("select distinct own from dst." + table)).hasSize(1);
        if (referenced) {
            assertThat(database.rows("select from dst.child_" + table)).hasSize(2);
        }
    }

    static Stream<Arguments> modes() {
        return Stream.of(ApplyMode.values())
                .flatMap(mode -> Stream.of(Arguments.of(mode, false), Arguments.of(mode, true)));
    }

    private void apply(ApplyMode mode) {
        var changes = provider.changes();
        subscriber.apply(mode, changes, Provider.targets(changes));
    }

    @Test
    void C33_keyThatIsGeneratedAlwaysStaysWhereDeletingItsRowWouldCascade() throws Exception {
        provider.table("parents", "(id int generated always as identity primary key, v int)");
        database.execute("""
                create table dst.children (id int references dst.parents on delete cascade);
                drop role if exists plain_applier;
                create role plain_applier;
                grant usage on schema dst to plain_applier;
                grant all on dst.parents, dst.children to plain_applier;
                insert into src.parents (v) values (1)""");
        apply(ApplyMode.NET_CHANGES);
        database.execute("insert into dst.children values (1); update src.parents set id = default");
        var changes = provider.changes();
        try (var connection = database.connect()) {
            connection.createStatement().execute("set role plain_applier");
            assertThatThrownBy(() ->
                            Subscriber.apply(connection, ApplyMode.NET_CHANGES, changes, Provider.targets(changes)))
                    .hasMessageContaining("make the column GENERATED BY DEFAULT there");
        }
        assertThat(provider.rows("dst.children")).hasSize(1);
        database.execute("alter table dst.parents alter id set generated by default; drop table dst.children");
        subscriber.apply(ApplyMode.NET_CHANGES, changes, Provider.targets(changes));
        assertThat(provider.rows("dst.parents")).isEqualTo(provider.rows("src.parents"));
    }

    @Test
    void keyThatATriggerChangesBeforeItsRowIsCapturedIsTheSame() {
        provider.table("chain", "(k int[] primary key, v int)");
        database.execute("""
                create function src.move_next() returns trigger language plpgsql as $$
                begin
                    update src.chain set k = array[20] where k = array[2] and new.k = array[1];
                    return null;
                end $$;
                create trigger move_next after update on src.chain for each row execute function src.move_next();
                insert into src.chain values ('{1}', 1), ('{2}', 2);
                update src.chain set v = v + 10""");
        apply(ApplyMode.NET_CHANGES);
        assertThat(provider.rows("dst.chain")).isEqualTo(provider.rows("src.chain"));
        assertThat(provider.rows("dst.chain")).containsExactly("({1},11)", "({20},12)");
    }

    @Test
    void statementCaptureKnowsKeysByTheirTexts() {
        database.execute("create table src.bulk (k int[] primary key); create table dst.bulk (k int[] primary key)");
        database.rows("select londiste.provider_add_table('q', 'src.bulk', null, 'statement', false)");
        database.execute(
                "insert into src.bulk values ('{1}'), ('{2}'); update src.bulk set k = '[5:5]={1}' where k = '{1}'");
        apply(ApplyMode.NET_CHANGES);
        assertThat(provider.rows("dst.bulk")).containsExactly("([5:5]={1})", "({2})");
    }
}
