package dev.londiste.replication.random;

import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * A column's type with values of it as SQL. Few values a type, so that keys and unique values meet; equal ones in several
 * texts, where there are.
 *
 * @param key whether it may be of a key
 */
record RandomType(String sql, boolean key, Function<Random, String> value) {

    /** What the types of users need, in both databases. */
    static final String DEFINITIONS = """
            create extension hstore; create extension citext; create schema kinds; grant usage on schema kinds to public;
            create type kinds.mood as enum ('so so', 'it''s "fine"', 'null');
            create type kinds.pair as (a numeric, b text);
            create domain kinds.short as varchar(5);
            create domain kinds.numbers as int[];
            create domain kinds.label as public.citext;
            create type kinds.floats as range (subtype = float8);
            create collation kinds.blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false)
            """;

    static final RandomType INT =
            new RandomType("int", true, random -> Integer.toString(random.nextInt(random.nextInt(8) == 0 ? 300 : 25)));

    /** Types that have no hash, and cannot part a table. */
    private static final List<String> WITHOUT_HASH = List.of("money", "bit(3)", "varbit");

    static final List<RandomType> ALL = List.of(
            INT,
            new RandomType("bigint", true, random -> Long.toString(9_000_000_000L + random.nextInt(20))),
            new RandomType("smallint", true, random -> Integer.toString(random.nextInt(20) - 10)),
            // One number in several texts.
            new RandomType(
                    "numeric",
                    true,
                    random -> random.nextInt(12) + List.of("", ".0", ".00").get(random.nextInt(3))),
            of("numeric", true, "'NaN'", "'Infinity'", "'-Infinity'", "0", "-0.0", "1e-30", "1e40"),
            of(
                    "text",
                    true,
                    "''",
                    "'a'",
                    "'A'",
                    "'NULL'",
                    "E'\\t\\n\\r\\b\\x01'",
                    "'\"{}\\,'''",
                    "U&'\\+01F600é'",
                    "' b '"),
            of("text collate kinds.blind", true, "'a'", "'A'", "'b'", "'é'"),
            of("uuid", true, "'00000000-0000-0000-0000-00000000000a'", "'00000000-0000-0000-0000-00000000000b'"),
            of("timestamptz", true, "'2026-01-02 03:04:05.6+05:45'", "'infinity'", "'2026-01-01 22:19:05.6+00'"),
            of("timestamp", true, "'2026-01-02 03:04:05.6'", "'infinity'", "'0044-03-15 12:00 BC'"),
            of("time", true, "'24:00'", "'00:00'", "'12:13:14.5'"),
            of("timetz", true, "'12:00+00'", "'13:00+01'"),
            of("date", true, "'2026-02-03'", "'-infinity'", "'0044-03-15 BC'"),
            of("interval", true, "'1 mon'", "'30 days'", "'720 hours'", "'1 year -2 mons 03:04'", "'-1 day'"),
            of("varchar(8)", true, "'abc'", "'abc  '", "'é'"),
            of("char(4)", true, "'ab'", "'ab '", "'abcd'"),
            of("bpchar", true, "'ab'", "'ab  '", "''"),
            of("name", true, "'a b'", "'c'"),
            of("\"char\"", true, "'x'", "''", "'\"'"),
            of("public.citext", true, "'a'", "'A'", "'b'"),
            of("kinds.label", true, "'a'", "'A'", "'B'"),
            of("kinds.mood", true, "'so so'", "'it''s \"fine\"'", "'null'"),
            of("kinds.short", true, "''", "'abcde'", "'null'"),
            of("kinds.pair", true, "row(1, 'a')", "row(1.0, 'a')", "row(1, null)", "row(null, '\"(,)')"),
            of("kinds.numbers", true, "'{1,2}'", "'{}'", "'[0:1]={1,2}'", "'{NULL}'"),
            of("kinds.floats", true, "'[0.1,0.3)'", "'[-0,1)'", "'[0,1)'", "'empty'"),
            of("bytea", true, "'\\x00ff'", "''"),
            of("float8", true, "'NaN'", "0.1", "'-0'", "0", "'-Infinity'", "5e-324"),
            of("float4", true, "'NaN'", "1.1", "'-0'", "0", "'Infinity'", "1e-45"),
            of("bit(3)", true, "'101'", "'000'"),
            of("varbit", true, "'1010'", "'101'", "''"),
            of("inet", true, "'10.0.0.1/8'", "'::1'", "'10.0.0.1'"),
            of("cidr", true, "'10.0.0.0/8'", "'::/0'"),
            of("macaddr", true, "'08:00:2b:01:02:03'", "'08:00:2b:01:02:04'"),
            of("oid", true, "4294967295", "7"),
            of("pg_lsn", true, "'16/B374D848'", "'0/0'"),
            of("money", true, "'12.34'", "'-1'"),
            of("jsonb", true, "'null'", "'{\"a\": 1.10}'", "'{\"a\": 1.1}'", "'[1, null]'", "'\"s\"'"),
            of("text[]", true, "array['', 'NULL', null, 'a,b', '\"q\"', '\\']", "'{}'", "'{a}'"),
            of("timestamptz[]", true, "array['2026-01-02 03:04:05+00'::timestamptz]", "'{infinity,NULL}'"),
            of("numrange", true, "'[1.0,2)'", "'[1.00,2)'", "'empty'"),
            of("int4range", true, "'empty'", "'[1,5)'", "'(,)'"),
            of("tstzrange", true, "'[2026-01-02 03:04:05+05:45,infinity)'", "'(,)'"),
            of("int4multirange", true, "'{}'", "'{[1,3),[5,8)}'"),
            of("public.hstore", true, "'a=>1, \"b c\"=>NULL'", "''", "'b=>\"\\\"\"'"),
            of("boolean", false, "true", "false"),
            of("json", false, "'null'", "'{ \"a\":1, \"a\" : 2}'"),
            of("int[]", false, "'{}'", "'{1,NULL}'", "'[0:1]={1,2}'", "'{{1},{2}}'"),
            of("jsonb[]", false, "array['null'::jsonb, null, '[1]']"),
            of("kinds.pair[]", false, "array[row(1.0, 'x, y')::kinds.pair, null, row(null, '\"')::kinds.pair]"),
            of("bytea[]", false, "array['\\x00'::bytea, null]"),
            of("xml", false, "'<a b=\"c\">x &amp; y</a>'", "'text only'"),
            of("point", false, "'(1.5,-2)'", "'(-0,NaN)'"),
            of("box", false, "'((1,1),(0,0))'"),
            of("box[]", false, "'{(1,1),(0,0);(3,3),(2,2)}'"),
            of("path", false, "'[(0,0),(1,1)]'"),
            of("polygon", false, "'((0,0),(1,1),(1,0))'"),
            of("circle", false, "'<(1,2),3>'"),
            of("lseg", false, "'[(0,0),(1,1)]'"),
            of("line", false, "'{1,2,3}'"),
            of("tsvector", false, "'''a b'':1A ''it''''s'':2'", "''"),
            of("tsquery", false, "'''a'' & !''b c'''"),
            of("tstzmultirange", false, "'{[2026-01-02 03:04:05+00,2026-01-03 00:00:00+00)}'"),
            of("macaddr8", false, "'08:00:2b:01:02:03:04:05'"),
            of("pg_snapshot", false, "'10:20:10,14'"),
            of("regtype", false, "'int4'", "'kinds.mood'"));

    private static RandomType of(String sql, boolean key, String... values) {
        return new RandomType(sql, key, random -> values[random.nextInt(values.length)]);
    }

    static RandomType any(Random random) {
        return ALL.get(random.nextInt(ALL.size()));
    }

    static RandomType anyKey(Random random) {
        var keys = ALL.stream().filter(RandomType::key).toList();
        return keys.get(random.nextInt(keys.size()));
    }

    boolean hasHash() {
        return !WITHOUT_HASH.contains(sql);
    }

    String literal(Random random) {
        return "(" + value.apply(random) + ")::" + sql;
    }

    String nullable(Random random) {
        return random.nextInt(5) == 0 ? "null" : literal(random);
    }
}
