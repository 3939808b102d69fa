package dev.londiste.sql.londiste;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class C03_OldKeyIT {

    @RegisterExtension
    static final TestDatabase database = Captured.provider();

    private final Captured captured = new Captured(database);

    /** A change of the key's text, even where its value is "not distinct", and none where the text stays. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "numeric   | 1.0     | 1.00    | 1.0",
                "interval  | 24:00   | 1 day   | \"24:00:00\"",
                "float8    | 0       | -0      | 0",
                "bpchar    | a       | 'a '    | \"a\"",
                "text      | a       | A       | \"a\"",
                "int       | 1       | 2       | 1",
                "uuid      | 00000000-0000-0000-0000-000000000001 | 00000000-0000-0000-0000-000000000002 | \"00000000-0000-0000-0000-000000000001\"",
                "bytea     | a       | b       | \"\\\\x61\"",
                "date      | 2026-01-01 | 2026-01-02 | \"2026-01-01\"",
            })
    void anotherTextIsAnotherKey(String type, String from, String to, String oldKey) {
        database.execute("drop table if exists keyed; create table keyed (id " + type + " primary key, v int)");
        database.execute("delete from londiste.provider_table where table_name = 'public.keyed'");
        captured.add("keyed");
        database.execute("insert into keyed values ('" + from + "', 1)");

        var events = captured.eventsOf("public.keyed", "update keyed set v = 2; update keyed set id = '" + to + "'");

        assertThat(events)
                .extracting(event -> event.get("ev_extra2"))
                .containsExactly(null, "{\"id\" : " + oldKey + "}");
    }

    @Test
    void aNondeterministicCollationHidesNoChange() {
        database.execute("""
                create collation blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
                create table blindly (id text collate blind primary key)
                """);
        captured.add("blindly");

        var events =
                captured.eventsOf("public.blindly", "insert into blindly values ('a'); update blindly set id = 'A'");

        assertThat(events.get(1).get("ev_extra2")).isEqualTo("{\"id\" : \"a\"}");
    }

    @Test
    void anyColumnOfACompositeKeyCounts() {
        database.execute("create table pairs (a int, b text, v int, primary key (b, a))");
        captured.add("pairs");

        var events = captured.eventsOf(
                "public.pairs", "insert into pairs values (1, 'x', 0); update pairs set a = 2; update pairs set v = 1");

        assertThat(events).extracting(event -> event.get("ev_type")).containsOnly("I:b,a", "U:b,a");
        assertThat(events)
                .extracting(event -> event.get("ev_extra2"))
                .containsExactly(null, "{\"b\" : \"x\", \"a\" : 1}", null);
    }

    @Test
    void operatorsOfTheWriterAreNotCalled() {
        database.execute("""
                create table hijacked (id int primary key, v text);
                create schema evil;
                create function evil.never(int, int) returns boolean language plpgsql as 'begin raise exception ''hijacked''; end';
                create function evil.never(text, text) returns boolean language plpgsql as 'begin raise exception ''hijacked''; end';
                create operator evil.= (leftarg = int, rightarg = int, function = evil.never);
                create operator evil.<> (leftarg = int, rightarg = int, function = evil.never);
                create operator evil.= (leftarg = text, rightarg = text, function = evil.never);
                create operator evil.<> (leftarg = text, rightarg = text, function = evil.never);
                create function evil.now() returns timestamptz language plpgsql as 'begin raise exception ''hijacked''; end';
                """);
        captured.add("hijacked");

        captured.assertChanges("public.hijacked", """
                        set search_path = evil, pg_catalog, public;
                        insert into hijacked values (1, 'a'); update hijacked set v = 'b'; truncate hijacked
                        """)
                .containsExactly("I:id {\"id\":1,\"v\":\"a\"}", "U:id {\"id\":1,\"v\":\"b\"}", "R null");
    }
}
