package dev.londiste.sql.londiste;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A user's AFTER ROW trigger changes other rows of the same statement, which are captured before their first change is. The events, replayed
 * strictly one by one, still make the same table.
 */
@Timeout(60)
class OvertakenRowsIT {

    @RegisterExtension
    static final TestDatabase database = Captured.provider();

    private final Captured captured = new Captured(database);

    @BeforeAll
    static void createReplay() {
        database.execute("""
                create table replica (id int primary key, chosen boolean, v int);
                create function replay() returns void language plpgsql as $$
                declare
                    e record;
                    n int;
                begin
                    for e in
                        select left(ev_type, 1) as op, ev_data::json as row, coalesce(ev_extra2, ev_data)::json ->> 'id' as key
                        from pgq.event_template where ev_extra1 = 'public.chosen' and ev_type <> 'T' order by ev_id
                    loop
                        if e.op = 'I' then
                            insert into replica select * from json_populate_record(null::replica, e.row);
                            continue;
                        elsif e.op = 'D' then
                            delete from replica where id = e.key::int;
                        else
                            update replica set (id, chosen, v) = (select * from json_populate_record(null::replica, e.row)) where id = e.key::int;
                        end if;
                        get diagnostics n = row_count;
                        if n <> 1 then
                            raise exception '% finds % rows', e, n;
                        end if;
                    end loop;
                end
                $$;
                """);
    }

    @BeforeEach
    void createTable() {
        database.execute("""
                drop table if exists chosen cascade; delete from londiste.provider_table; truncate replica, pgq.event_1_0, pgq.event_1_1, pgq.event_1_2;
                create table chosen (id int primary key, chosen boolean, v int);
                """);
    }

    private void assertReplicated() {
        database.execute("select replay()");
        assertThat(database.rows("select * from replica order by id"))
                .isEqualTo(database.rows("select * from chosen order by id"));
    }

    @Test
    void onlyOneRowIsChosen() {
        database.execute("""
                create or replace function choose() returns trigger language plpgsql as $$
                begin
                    if new.chosen then update chosen set chosen = false where id <> new.id and chosen; end if;
                    return null;
                end $$;
                create trigger choose after insert or update on chosen for each row execute function choose();
                """);
        captured.add("chosen");

        database.execute("insert into chosen values (1, true, 1), (2, true, 1), (3, true, 1)");
        database.execute("update chosen set chosen = true, v = v + 1");
        database.execute("update chosen set id = id + 10, chosen = true");
        database.execute(
                "begin; delete from chosen; insert into chosen values (11, true, 5), (12, true, 5); update chosen set v = 6; commit");

        assertReplicated();
    }

    @Test
    void aSelfReferenceThatCascadesOvertakesToo() {
        database.execute(
                "alter table chosen add foreign key (v) references chosen on update cascade on delete cascade");
        captured.add("chosen");

        database.execute("insert into chosen values (1, true, null), (2, true, 1), (3, false, 2), (4, true, 4)");
        database.execute("update chosen set id = id + 10, v = v");
        database.execute("update chosen set id = id + 1 where id >= 14");
        database.execute("delete from chosen where id = 12");

        assertReplicated();
    }

    @Test
    void aLockedRowIsNotOvertaken() {
        captured.add("chosen");

        captured.assertChanges("public.chosen", """
                        insert into chosen values (1, true, 1) on conflict (id) do update set v = 2;
                        insert into chosen values (1, true, 1) on conflict (id) do update set v = 3
                        """)
                .containsExactly("I:id {\"id\":1,\"chosen\":true,\"v\":1}", "U:id {\"id\":1,\"chosen\":true,\"v\":3}");
    }

    /** Except that no trigger makes a key again that the statement took away: its insert would come before the delete, and replay stops there. */
    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8})
    void whateverTheTriggersDo(double seed) {
        database.execute("""
                create or replace function chaos() returns trigger language plpgsql as $$
                declare
                    other int := 1 + floor(random() * 12);
                begin
                    if pg_trigger_depth() > 2 then return null; end if;
                    case floor(random() * 5)
                        when 0 then update chosen set v = v + 100 where id = other;
                        when 1 then delete from chosen where id = other;
                        when 2 then update chosen set id = other + 100 where id = other and not exists (select from chosen where id = other + 100);
                        when 3 then insert into chosen values (other + 200, false, 7) on conflict (id) do update set v = 8;
                        else null;
                    end case;
                    return null;
                end $$;
                create trigger chaos after insert or update on chosen for each row execute function chaos();
                """);
        captured.add("chosen");

        database.execute("select setseed(" + seed + "); " + """
                insert into chosen select i, true, i from generate_series(1, 8) i on conflict do nothing;
                update chosen set v = v + 1;
                begin;
                update chosen set id = id + 30 where id % 2 = 0 and id < 200;
                insert into chosen select i, false, 0 from generate_series(1, 24) i on conflict (id) do update set v = chosen.v - 1;
                update chosen set v = v * 2, id = -id where id < 12;
                commit;
                """);

        assertReplicated();
    }
}
