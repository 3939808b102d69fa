package dev.londiste.examples.benchmark.workload;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The workloads on one narrow table, and copies of it. */
public final class Workloads {

    /** Rows of about 140 bytes. */
    private static final String TABLE = """
            create table %s (
                id bigint primary key,
                k int not null,
                v text,
                ts timestamptz not null default now(),
                amount numeric
            );
            """;

    private static final int HOT_KEYS = 1000;

    /** Four sevenths inserts in transactions of 1,000 rows, then two sevenths updates, then one seventh deletes. */
    private static final String SEQUENTIAL = """
            do $$
            begin
                for i in 0 .. %1$d - 1 by 1000 loop
                    insert into t
                    select n, n %% 1000, rpad(md5(n::text), 100, 'x'), now(), n / 100.0
                    from generate_series(i + 1, least(i + 1000, %1$d)) n;
                    commit;
                end loop;
                for i in 0 .. %1$d / 2 - 1 by 1000 loop
                    update t set amount = amount + 1, k = k + 1
                    where id between i + 1 and least(i + 1000, %1$d / 2);
                    commit;
                end loop;
                for i in 0 .. %1$d / 4 - 1 by 1000 loop
                    delete from t where id between i + 1 and least(i + 1000, %1$d / 4);
                    commit;
                end loop;
            end $$
            """;

    /** Inserts, updates and deletes in turn by chance on random keys, 1,000 in a transaction. */
    private static final String MIXED = """
            do $$
            declare
                top bigint := 0;
                dice float8;
                chosen bigint;
            begin
                perform setseed(0.5);
                for i in 1 .. %d loop
                    dice := random();
                    chosen := 1 + floor(random() * top);
                    if dice < 0.4 or top < 100 then
                        top := top + 1;
                        insert into t values (top, i %% 1000, rpad(md5(i::text), 100, 'x'), now(), i / 100.0);
                    elsif dice < 0.8 then
                        update t set amount = amount + 1, k = i where id = chosen;
                    else
                        delete from t where id = chosen;
                    end if;
                    if i %% 1000 = 0 then
                        commit;
                    end if;
                end loop;
            end $$
            """;

    /** Updates of the same rows again and again. */
    private static final String HOT = """
            do $$
            begin
                insert into t select n, 0, rpad(md5(n::text), 100, 'x'), now(), 0 from generate_series(1, %2$d) n;
                commit;
                for i in 1 .. %1$d / %2$d loop
                    update t set amount = amount + 1, k = i;
                    commit;
                end loop;
            end $$
            """;

    /** Inserts into each table in turn, 1,000 rows in a transaction. */
    private static final String SPREAD = """
            do $$
            begin
                for i in 0 .. %1$d - 1 by 1000 loop
                    execute format('insert into %%I select n, n %%%% 1000, rpad(md5(n::text), 100, ''x''), now(), n / 100.0'
                        || ' from generate_series($1 + 1, least($1 + 1000, %1$d)) n', 't' || (i / 1000) %% %2$d) using i;
                    commit;
                end loop;
            end $$
            """;

    private Workloads() {}

    public static Workload sequential() {
        return Workload.of("seq", TABLE.formatted("t"), List.of("t"), n -> SEQUENTIAL.formatted(n / 7 * 4));
    }

    public static Workload mixed() {
        return Workload.of("mixed", TABLE.formatted("t"), List.of("t"), MIXED::formatted);
    }

    public static Workload hotKeys() {
        return Workload.of("hot keys", TABLE.formatted("t"), List.of("t"), n -> HOT.formatted(n, HOT_KEYS));
    }

    /** Inserts over so many tables. */
    public static Workload spread(int tables) {
        var names = IntStream.range(0, tables).mapToObj(i -> "t" + i).toList();
        return Workload.of(
                tables + " tables",
                names.stream().map(TABLE::formatted).collect(Collectors.joining()),
                names,
                n -> SPREAD.formatted(n, tables));
    }

    /** Fills the table {@code t}. */
    public static String fill(int rows) {
        return "insert into t select n, n % 1000, rpad(md5(n::text), 100, 'x'), now(), n / 100.0 from generate_series(1, "
                + rows + ") n; analyze t";
    }
}
