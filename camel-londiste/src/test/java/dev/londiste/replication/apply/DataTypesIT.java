package dev.londiste.replication.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.pgq.jdbc.Identifiers;
import dev.londiste.testing.TestDatabase;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values of every type go from a captured table to the subscriber's, and come out as the same text. */
@Timeout(120)
class DataTypesIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withLondiste();

    private static Provider provider;

    private static final List<Type> TYPES = List.of(
            new Type("bool", "true", "false"),
            new Type("int2", "-32768", "32767"),
            new Type("int8", "-9223372036854775808", "9223372036854775807"),
            new Type("numeric", "1.10", "'NaN'", "'Infinity'", "'-Infinity'", "repeat('9', 300)::numeric", "1e-40"),
            new Type("numeric(10,3)", "1234567.125", "-0.001"),
            new Type("float4", "'NaN'", "1.1", "3.4028235e38", "'-0'", "1e-45"),
            new Type("float8", "'Infinity'", "'-Infinity'", "0.1", "5e-324", "1.7976931348623157e308", "'-0'"),
            new Type(
                    "text",
                    "''",
                    "'NULL'",
                    "'null'",
                    "'\"{}\\,'''",
                    "E'\\t\\n\\r\\b\\f\\x01\\x1f\\x7f'",
                    "U&'\\+01F600\\2028é'",
                    "'\\N'",
                    "'\\.'",
                    "' lead and trail '",
                    "repeat('\\\"', 5000)"),
            new Type("varchar(10)", "'abc'", "'abc  '", "''"),
            new Type("char(5)", "'abc'", "''"),
            new Type("bpchar", "'abc  '"),
            new Type("\"char\"", "'x'", "''"),
            new Type("name", "'a name'"),
            new Type("bytea", "'\\x'", "'\\x00ff5c27'"),
            new Type("date", "'infinity'", "'-infinity'", "'4713-01-01 BC'", "'5874897-12-31'", "'2026-02-03'"),
            new Type("time", "'00:00:00.000001'", "'24:00:00'"),
            new Type("time(0)", "'12:13:14'"),
            new Type("timetz", "'12:13:14.5+05:45'"),
            new Type(
                    "timestamp",
                    "'infinity'",
                    "'-infinity'",
                    "'4713-01-01 00:00:00 BC'",
                    "'294276-12-31 23:59:59.999999'",
                    "'2026-02-03 04:05:06.7'"),
            new Type("timestamptz", "'infinity'", "'2026-02-03 04:05:06.789012+05:45'", "'0001-01-01 00:00:00+00 BC'"),
            new Type("interval", "'1 year -2 mons +3 days -04:05:06.789'", "'-1 day 02:03'", "'00:00:00'"),
            new Type("uuid", "'00000000-0000-0000-0000-0000000000ff'"),
            new Type(
                    "json",
                    "'null'",
                    "'{\"b\" : 1.10,  \"a\":[1, 2,\"\\u00e9\"]}'",
                    "'\"s\"'",
                    "' 1 '",
                    "'{}'",
                    "'[]'",
                    "'true'"),
            new Type("jsonb", "'null'", "'{\"b\": 1.10, \"a\": null}'", "'\"s\"'", "'1e400'", "'[[]]'"),
            new Type("xml", "'<a b=\"c\">x &amp; y</a>'", "'text only'"),
            new Type("int[]", "'{}'", "'{1,NULL,3}'", "'{{1,2},{3,4}}'", "'[0:1]={1,2}'"),
            new Type("text[]", "array['', 'NULL', null, 'a,b', '\"q\"', '\\', '{}']", "'{}'"),
            new Type("jsonb[]", "array['null'::jsonb, null, '[1]', '\"x\"']"),
            new Type("timestamptz[]", "array['2026-01-02 03:04:05+00'::timestamptz]"),
            new Type("bytea[]", "array['\\x00'::bytea, null]"),
            new Type("float8[]", "array[0.1, 'NaN', '-0']::float8[]"),
            new Type("mood", "'so so'", "'it''s \"fine\"'", "'null'"),
            new Type("mood[]", "array['null', 'so so']::mood[]"),
            new Type("pair", "row(1, 'a \"b\", (c)')", "row(null, null)", "row(null, '')"),
            new Type("pair[]", "array[row(1, 'x, y')::pair, null, row(null, '\"')::pair]"),
            new Type("deep", "row(row(1, '(,\"\\)'), '{1,NULL}', '{\"a\": \"\\\\\"}')"),
            new Type("shorter", "'abcde'", "''"),
            new Type("numbers", "'{1,2}'"),
            new Type("int4range", "'empty'", "'[1,5)'", "'(,5)'"),
            new Type("tstzrange", "'[2026-01-02 03:04:05+00,infinity)'", "'(,)'"),
            new Type("daterange", "'[2026-01-02,2026-02-03)'"),
            new Type("floatrange", "'[0.1,0.3)'"),
            new Type("int4multirange", "'{}'", "'{[1,3),[5,8)}'"),
            new Type("tstzmultirange", "'{[2026-01-02 03:04:05+00,2026-01-03 00:00:00+00)}'"),
            new Type("inet", "'192.168.1.1/24'", "'::1'"),
            new Type("cidr", "'10.0.0.0/8'"),
            new Type("macaddr", "'08:00:2b:01:02:03'"),
            new Type("macaddr8", "'08:00:2b:01:02:03:04:05'"),
            new Type("bit(3)", "'101'"),
            new Type("varbit", "'10101'", "''"),
            new Type("point", "'(1.5,-2)'"),
            new Type("box", "'((1,1),(0,0))'"),
            new Type("box[]", "'{(1,1),(0,0);(3,3),(2,2)}'"),
            new Type("path", "'[(0,0),(1,1)]'"),
            new Type("polygon", "'((0,0),(1,1),(1,0))'"),
            new Type("circle", "'<(1,2),3>'"),
            new Type("line", "'{1,2,3}'"),
            new Type("tsvector", "'''a b'':1A ''it''''s'':2'"),
            new Type("tsquery", "'''a'' & !''b c'''"),
            new Type("pg_lsn", "'16/B374D848'"),
            new Type("oid", "4294967295"),
            new Type("regtype", "'int4'"),
            new Type("hstore", "'a=>1, \"b c\"=>NULL, d=>\"q\\\"\"'", "''"),
            new Type("citext", "'MiXed'"),
            new Type("pg_snapshot", "'10:20:10,14'"),
            new Type("money", "'12.34'"));

    @BeforeAll
    static void types() {
        provider = new Provider(database);
        database.execute("""
                create extension hstore; create extension citext;
                create type mood as enum ('so so', 'it''s "fine"', 'null');
                create type pair as (a int, b text);
                create type deep as (p pair, l int[], j jsonb);
                create domain short as varchar(5) check (value <> 'bad');
                create domain shorter as short;
                create domain numbers as int[];
                create type floatrange as range (subtype = float8)
                """);
    }

    /** How often every value comes: few rows are statements of their own, many a COPY and a function. */
    @ParameterizedTest
    @ValueSource(ints = {1, 12})
    void valuesThatJsonCarriesExactlyArriveAsTheyWere(int times) {
        arrive(
                "scalars" + times,
                times,
                TYPES.stream().filter(Type::isExactAsJson).toList());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 12})
    void C02_valuesThatJsonBlursArriveAsTheyWere(int times) {
        arrive("everything" + times, times, TYPES);
    }

    private static void arrive(String table, int times, List<Type> types) {
        provider.table(table, "(id int primary key" + columns(types) + ", other text)");
        int rows = types.stream().mapToInt(type -> type.values().size()).max().orElseThrow() + 1;
        for (int i = 0; i < rows; i++) {
            int row = i;
            database.execute(types.stream()
                    .map(type -> type.expression(row))
                    .collect(
                            Collectors.joining(", ", "insert into src." + table + " values (" + row + ", ", ", 'x')")));
        }
        database.execute(types.stream()
                .map(Type::column)
                .collect(Collectors.joining(
                        ", ",
                        "insert into src." + table + " select id + " + rows + " * g, ",
                        ", other from src." + table + ", generate_series(1, " + (times - 1) + ") g")));
        assertReplicated(table, types);
        database.execute("update src." + table + " set other = 'changed'");
        assertReplicated(table, types);
        database.execute("delete from src." + table + " where id % 3 = 0");
        assertReplicated(table, types);
    }

    private static String columns(List<Type> types) {
        return types.stream()
                .map(type -> ", " + type.column() + " " + type.name())
                .collect(Collectors.joining());
    }

    private static void assertReplicated(String table, List<Type> types) {
        var changes = provider.changes();
        assertThat(changes).isNotEmpty();
        var subscriber = new Subscriber(database);
        database.execute("create table dst.before as select * from dst." + table);
        for (var mode : ApplyMode.values()) {
            database.execute("truncate dst." + table + "; insert into dst." + table + " select * from dst.before");
            var statistics = subscriber.apply(mode, changes, Provider.targets(changes));
            assertThat(values("dst." + table, types)).as(mode.name()).isEqualTo(values("src." + table, types));
            assertThat(statistics.chunksInOrder()).isEqualTo(mode == ApplyMode.IN_ORDER ? 1 : 0);
        }
        database.execute("drop table dst.before");
    }

    private static List<Map<String, Object>> values(String table, List<Type> types) {
        return database.rows(types.stream()
                .map(type -> ", " + type.column() + "::text")
                .collect(Collectors.joining("", "select id, other", " from " + table + " order by id")));
    }

    /** A type and expressions of its values; null is always among them. */
    private record Type(String name, List<String> values) {

        Type(String name, String... values) {
            this(name, List.of(values));
        }

        String column() {
            return Identifiers.quote("of " + name);
        }

        String expression(int row) {
            return row < values.size() ? values.get(row) : "null";
        }

        boolean isExactAsJson() {
            return !name.endsWith("[]")
                    && !name.contains("range")
                    && !List.of("json", "jsonb", "pair", "deep", "numbers", "hstore")
                            .contains(name);
        }
    }
}
