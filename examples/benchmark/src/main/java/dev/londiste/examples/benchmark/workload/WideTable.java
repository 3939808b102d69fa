package dev.londiste.examples.benchmark.workload;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A table of 60 columns and about 2 kB a row: inserted, then half of it updated. */
public final class WideTable {

    private static final int TEXTS = 29;
    private static final int NUMBERS = 30;

    private static final String CHANGES = """
            do $$
            begin
                for i in 0 .. %1$d - 1 by 500 loop
                    insert into w select n, %2$s, %3$s from generate_series(i + 1, least(i + 500, %1$d)) n;
                    commit;
                end loop;
                for i in 0 .. %1$d / 2 - 1 by 500 loop
                    update w set n0 = n0 + 1, c0 = 'changed' where id between i + 1 and least(i + 500, %1$d / 2);
                    commit;
                end loop;
            end $$
            """;

    private WideTable() {}

    public static Workload workload() {
        var schema = "create table w (id bigint primary key, " + columns("c", " text", TEXTS) + ", "
                + columns("n", " numeric", NUMBERS) + ")";
        return Workload.of(
                "wide table",
                schema,
                List.of("w"),
                n -> CHANGES.formatted(
                        n / 3 * 2, repeated("md5(n::text) || md5((-n)::text)", TEXTS), repeated("n / 100.0", NUMBERS)));
    }

    private static String columns(String prefix, String type, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i + type).collect(Collectors.joining(", "));
    }

    private static String repeated(String value, int count) {
        return IntStream.range(0, count).mapToObj(i -> value).collect(Collectors.joining(", "));
    }
}
