package dev.londiste.examples.benchmark;

/** The table of the benchmarks and what happens to it. All text, for one server. */
final class Workloads {

    static final String TABLE = """
            create table t (
                id bigint primary key,
                k int not null,
                v text,
                ts timestamptz not null default now(),
                amount numeric
            )
            """;

    /** The last row of a workload; when it is there, all is. */
    static final String MARKER = "insert into t values (-1, 0, 'marker', now(), 0)";

    static final String MARKER_ARRIVED = "select true from t where id = -1";

    private Workloads() {}

    /** Rows of about 140 bytes. */
    static String fill(int rows) {
        return "insert into t select n, n % 1000, rpad(md5(n::text), 100, 'x'), now(), n / 100.0 from generate_series(1, "
                + rows + ") n; analyze t";
    }

    /** Four sevenths inserts in transactions of 1,000 rows, then two sevenths updates, then one seventh deletes. */
    static String sequential(int changes) {
        int inserts = changes / 7 * 4;
        return """
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
               """.formatted(inserts);
    }

    /** Inserts, updates and deletes in turn by chance on random keys, 1,000 in a transaction. */
    static String mixed(int changes) {
        return """
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
               """.formatted(changes);
    }
}
