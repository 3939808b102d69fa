package dev.londiste.examples.benchmark.workload;

import java.util.ArrayList;
import java.util.List;

/** Transactions of 1 to 5 changes over ten parents and ten children, with foreign keys and secondary indexes. */
public final class SmallTransactions {

    private static final int PAIRS = 10;
    private static final int PARENTS = 100;

    private static final String PAIR = """
            create table p%1$d (id bigint primary key, name text not null, visits int not null);
            create index on p%1$d (name);
            create table c%1$d (id bigint primary key, parent bigint not null references p%1$d, note text, amount numeric,
                created timestamptz not null default now());
            create index on c%1$d (parent);
            create index on c%1$d (created);
            """;

    private static final String CHANGES = """
            do $$
            declare
                pair int;
                top bigint := 0;
                old bigint;
            begin
                perform setseed(0.5);
                for pair in 0 .. %2$d - 1 loop
                    execute format('insert into p%%s select n, ''parent '' || n, 0 from generate_series(1, %3$d) n', pair);
                end loop;
                commit;
                for i in 1 .. %1$d loop
                    -- What piles up need not wait for the disk.
                    perform set_config('synchronous_commit', 'off', true);
                    pair := floor(random() * %2$d);
                    for n in 1 .. floor(random() * 4) loop
                        top := top + 1;
                        execute format('insert into c%%s values ($1, $2, ''note '' || $1, $1 / 100.0)', pair)
                            using top, 1 + top %% %3$d;
                    end loop;
                    if i %% 3 = 0 then
                        old := 1 + floor(random() * top);
                        execute format('delete from c%%s where id = $1', pair) using old;
                    end if;
                    execute format('update p%%s set visits = visits + 1 where id = $1', pair) using 1 + i %% %3$d;
                    commit;
                end loop;
            end $$
            """;

    private SmallTransactions() {}

    public static Workload workload() {
        var schema = new StringBuilder();
        var tables = new ArrayList<String>();
        for (int i = 0; i < PAIRS; i++) {
            schema.append(PAIR.formatted(i));
            tables.addAll(List.of("p" + i, "c" + i));
        }
        return Workload.of("small transactions", schema.toString(), tables, n -> CHANGES.formatted(n, PAIRS, PARENTS));
    }
}
