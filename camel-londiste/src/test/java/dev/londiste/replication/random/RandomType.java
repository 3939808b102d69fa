package dev.londiste.replication.random;

import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * A column's type with values of it as SQL. Few values a type, so that keys and unique values meet.
 *
 * @param key whether it may be of a key
 */
record RandomType(String sql, boolean key, Function<Random, String> value) {

    static final RandomType INT = new RandomType("int", true, random -> Integer.toString(random.nextInt(25)));

    static final List<RandomType> ALL = List.of(
            INT,
            new RandomType("bigint", true, random -> Long.toString(9_000_000_000L + random.nextInt(20))),
            // One number in several texts.
            new RandomType(
                    "numeric",
                    true,
                    random -> random.nextInt(12) + List.of("", ".0", ".00").get(random.nextInt(3))),
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
            of("uuid", true, "'00000000-0000-0000-0000-00000000000a'", "'00000000-0000-0000-0000-00000000000b'"),
            of("timestamptz", true, "'2026-01-02 03:04:05.6+05:45'", "'infinity'", "'2026-01-01 22:19:05.6+00'"),
            of("date", true, "'2026-02-03'", "'-infinity'"),
            of("varchar(8)", true, "'abc'", "'abc  '", "'é'"),
            of("char(4)", true, "'ab'", "'abcd'"),
            of("bytea", true, "'\\x00ff'", "''"),
            of("boolean", false, "true", "false"),
            of("float8", false, "'NaN'", "0.1", "'-0'", "'-Infinity'", "5e-324"),
            of("jsonb", false, "'null'", "'{\"a\": 1.10}'", "'[1, null]'", "'\"s\"'"),
            of("json", false, "'null'", "'{ \"a\":1, \"a\" : 2}'"),
            of("int[]", false, "'{}'", "'{1,NULL}'", "'[0:1]={1,2}'", "'{{1},{2}}'"),
            of("jsonb[]", false, "array['null'::jsonb, null, '[1]']"),
            of("int4range", false, "'empty'", "'[1,5)'", "'(,)'"),
            of("interval", false, "'1 year -2 mons 03:04'", "'-1 day'"),
            of("xml", false, "'<a b=\"c\">x &amp; y</a>'"),
            of("inet", false, "'10.0.0.1/8'", "'::1'"));

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

    String literal(Random random) {
        return "(" + value.apply(random) + ")::" + sql;
    }

    String nullable(Random random) {
        return random.nextInt(5) == 0 ? "null" : literal(random);
    }
}
