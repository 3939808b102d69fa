package dev.londiste.sql.londiste;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class C02_ExactTextIT {

    private static final String ROW = """
            (1, '1 day -02:03:04', 0.1::float8 + 0.2::float8, decode('00ff', 'hex'), '2026-11-03', '[2026-11-03,2026-12-04)', point(0.1::float8 + 0.2, 1),
             'other.things'::regclass, timestamptz '2026-11-03 12:00:00+00')
            """;

    @RegisterExtension
    static final TestDatabase database = Captured.provider();

    private final Captured captured = new Captured(database);

    @BeforeAll
    static void createTables() {
        database.execute("""
                create schema other;
                create table other.things (id int primary key);
                create table settings (id int primary key, i interval, f float8, b bytea, d date, r daterange, p point, c regclass, t timestamptz);
                create table plain (id int primary key, i interval, f float8, b bytea, d date);
                create table zoned (t timestamptz primary key, v int);
                create table nested (id int primary key, j jsonb, a int[], js jsonb[], k json);
                """);
        var captured = new Captured(database);
        List.of("settings", "plain", "zoned", "nested").forEach(captured::add);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DateStyle          | German, DMY", "DateStyle | SQL, MDY", "DateStyle | ISO, DMY",
                        "IntervalStyle | sql_standard",
                "IntervalStyle      | iso_8601", "extra_float_digits | 0", "extra_float_digits | -15",
                        "extra_float_digits | 3",
                "bytea_output       | escape", "search_path | other, public", "search_path | ''",
                        "TimeZone | Asia/Kathmandu",
            })
    void theTextDependsOnNoSetting(String setting, String value) {
        var expected = write("application_name", "reference");
        var actual = write(setting, value);

        assertThat(actual).isEqualTo(expected);
    }

    /** Data and old keys; record texts too, where the session's zone is not in them. */
    private List<String> write(String setting, String value) {
        database.execute("delete from plain; delete from settings");
        int settings = captured.events("public.settings").size();
        int plain = captured.events("public.plain").size();
        database.execute(
                under(
                        setting,
                        value,
                        "insert into public.settings values " + ROW + "; update public.settings set id = 2; "
                                + "insert into public.plain select id, i, f, b, d from public.settings; update public.plain set id = 3;"));
        return Stream.concat(
                        captured.events("public.settings").stream().skip(settings),
                        captured.events("public.plain").stream().skip(plain))
                .map(event -> event.get("ev_type") + " " + event.get("ev_data") + " " + event.get("ev_extra2"))
                .toList();
    }

    /** In one statement, since the driver bears no other DateStyle after it. */
    private static String under(String setting, String value, String statements) {
        return "do $do$ begin perform set_config('" + setting + "', '" + value + "', true); " + statements
                + " perform set_config('" + setting + "', pg_catalog.current_setting('" + setting
                + "'), true); perform pg_catalog.set_config('DateStyle', 'ISO, MDY', true); end $do$";
    }

    @Test
    void theRecordTextIsExactToo() {
        database.execute("delete from settings");

        var events = captured.eventsOf(
                "public.settings",
                under(
                        "DateStyle",
                        "SQL, DMY",
                        "perform set_config('extra_float_digits', '0', true); insert into settings values " + ROW
                                + ";"));

        assertThat(events)
                .singleElement()
                .extracting(event -> event.get("ev_extra4"))
                .isEqualTo(
                        "(1,\"1 day -02:03:04\",0.30000000000000004,\"\\\\x00ff\",2026-11-03,\"[2026-11-03,2026-12-04)\","
                                + "\"(0.30000000000000004,1)\",other.things,\"2026-11-03 12:00:00+00\")");
    }

    @Test
    void aKeyOfTimestamptzHasOneTextInEveryZone() {
        captured.assertChanges("public.zoned", """
                        set timezone = 'Asia/Tokyo'; insert into zoned values ('2026-11-03 12:00:00+00', 1);
                        set timezone = 'America/St_Johns'; update zoned set v = 2
                        """)
                .containsExactly(
                        "I:t {\"t\":\"2026-11-03T12:00:00+00:00\",\"v\":1}",
                        "U:t {\"t\":\"2026-11-03T12:00:00+00:00\",\"v\":2}");
    }

    /** A row that a trigger changed again, and an old key of a type of its own, are read from texts: under settings of ours. */
    @Test
    void nullsInArraysAndXmlDependOnNoSetting() {
        database.execute("""
                create table odd (k text[] primary key, x xml, v int);
                create function again() returns trigger language plpgsql as $$ begin
                    if pg_trigger_depth() = 1 then update odd set v = v + 1 where k = new.k; end if;
                    return null;
                end $$;
                create trigger again after insert on odd for each row execute function again()
                """);
        captured.add("odd");

        var events = captured.eventsOf("public.odd", """
                set array_nulls = off; set xmloption = document; set intervalstyle = iso_8601;
                insert into odd values (array['a', null], xmlparse(content 'text only'), 1);
                update odd set k = array['b', null]
                """);

        assertThat(events)
                .extracting(event -> event.get("ev_extra4"))
                .last()
                .isEqualTo("(\"{b,NULL}\",\"text only\",2)");
        assertThat(events).extracting(event -> event.get("ev_extra2")).last().isEqualTo("{\"k\" : \"{a,NULL}\"}");
    }

    @Test
    void theWritersZoneIsLeftAsItWas() {
        database.execute("""
                begin; set timezone = 'Asia/Tokyo'; insert into zoned values ('2027-01-01 00:00:00+00', 1); update zoned set v = 3;
                do $$ begin if current_setting('timezone') <> 'Asia/Tokyo' then raise 'zone is %', current_setting('timezone'); end if; end $$;
                set local timezone = 'Asia/Kathmandu'; delete from zoned;
                do $$ begin if current_setting('timezone') <> 'Asia/Kathmandu' then raise 'zone is %', current_setting('timezone'); end if; end $$;
                commit;
                do $$ begin if current_setting('timezone') <> 'Asia/Tokyo' then raise 'zone is %', current_setting('timezone'); end if; end $$;
                """);
    }

    @Test
    void jsonNullArrayBoundsAndNestingSurvive() {
        var events = captured.eventsOf("public.nested", """
                insert into nested values (1, 'null', '[2:3]={5,6}', array['[1]'::jsonb, null], 'null'), (2, null, null, null, null);
                update nested set id = id + 2;
                delete from nested
                """);

        assertThat(events)
                .extracting(event -> event.get("ev_extra4"))
                .containsExactly(
                        "(1,null,\"[2:3]={5,6}\",\"{[1],NULL}\",null)", "(2,,,,)",
                        "(3,null,\"[2:3]={5,6}\",\"{[1],NULL}\",null)", "(4,,,,)",
                        "(3,null,\"[2:3]={5,6}\",\"{[1],NULL}\",null)", "(4,,,,)");
    }

    @Test
    void exactRowsCarryNoSecondText() {
        database.execute(
                "create table exact (id int primary key, n numeric, t text, ts timestamptz, e interval, u uuid)");
        captured.add("exact");

        var events = captured.eventsOf(
                "public.exact",
                "insert into exact values (1, 123456789012345678901234567890.10, e'\\t\"\\u0001', now(), '1 s', gen_random_uuid())");

        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.get("ev_extra4")).isNull();
            assertThat(event.get("ev_data").toString())
                    .contains("\"n\":123456789012345678901234567890.10,\"t\":\"\\t\\\"\\u0001\"");
        });
    }

    @Test
    void theOldRowComesOnRequest() {
        database.execute("create table backed (id int primary key, v text)");
        database.execute("select londiste.provider_add_table('q', 'backed', null, 'row', true)");

        var events =
                captured.eventsOf("public.backed", "insert into backed values (1, 'a'); update backed set v = 'b'");

        assertThat(events).extracting(event -> event.get("ev_extra3")).containsExactly(null, "{\"id\":1,\"v\":\"a\"}");
    }

    @Test
    void moneyIsCapturedWithAWarning() throws Exception {
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute("create table purse (id int primary key, m money)");
            statement.execute("select londiste.provider_add_table('q', 'purse')");
            assertThat(statement.getWarnings().getMessage()).contains("money", "lc_monetary");
        }
    }
}
