package dev.londiste.sql.londiste;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Functions of Londiste 2 that only scripts of its users call. */
@Timeout(60)
class Londiste2FormsIT {

    @RegisterExtension
    static final TestDatabase database = Captured.provider();

    private final Captured captured = new Captured(database);

    @Test
    void columnTypesNameTheKey() {
        database.execute("create table typed (v text, id int not null unique, w text)");
        assertThat(database.<Integer>value("select londiste.provider_add_table('q', 'typed', 'vkv')"))
                .isEqualTo(1);

        captured.assertChanges("public.typed", "insert into typed values ('a', 1, 'b')")
                .containsExactly("I:id {\"v\":\"a\",\"id\":1,\"w\":\"b\"}");
        assertThat(database.<Integer>value("select londiste.provider_create_trigger('q', 'typed', 'vkv')"))
                .isEqualTo(1);
        assertThat(database.<Integer>value("select londiste.provider_refresh_trigger('q', 'typed', 'vkv')"))
                .isEqualTo(1);
        for (var types : new String[] {"vk", "vki", "vvv", "kvv", ""}) {
            var state = types.equals("kvv") ? "LD002" : "LD009";
            Captured.assertSqlState(
                    state, () -> database.rows("select londiste.provider_refresh_trigger('q', 'typed', ?)", types));
        }
    }

    @Test
    void columnTypesOfATableAreFound() {
        database.execute(
                "create table found (a int, b text, c int generated always as (a) stored, d int, primary key (d, a)); alter table found drop b");

        assertThat(database.<String>value("select londiste.find_column_types('found')"))
                .isEqualTo("kik");
        assertThat(database.<Long>value("select londiste.find_table_oid('found')"))
                .isNotNull();
        assertThat(database.<Object>value("select londiste.find_table_oid('lost')"))
                .isNull();
    }

    @Test
    void thePositionIsATickNumber() {
        assertThat(database.<Object>value("select londiste.get_last_tick('job')"))
                .isNull();
        database.execute("select londiste.set_last_tick('job', 7)");
        database.execute("select londiste.set_last_tick('job', 8)");
        assertThat(database.<Long>value("select londiste.get_last_tick('job')")).isEqualTo(8L);
        database.execute("select londiste.set_last_tick('job', null)");
        assertThat(database.<Object>value("select londiste.get_last_tick('job')"))
                .isNull();
    }

    @Test
    void linksLeadBothWays() {
        database.execute("insert into londiste.link values ('from', 'to')");

        assertThat(database.<String>value("select londiste.link_source('to')")).isEqualTo("from");
        assertThat(database.<String>value("select londiste.link_dest('from')")).isEqualTo("to");
    }

    @Test
    void C38_sequencesTellTheirState() {
        database.execute("create sequence fresh; create sequence \"Used\"; select nextval('\"Used\"'); "
                + "select londiste.provider_add_seq('q', 'fresh'), londiste.provider_add_seq('q', 'public.Used')");

        assertThat(database.rows("select * from londiste.provider_seq_values('q')"))
                .extracting(row -> row.get("seq_name") + " " + row.get("last_value") + " " + row.get("is_called"))
                .containsExactly("public.fresh 1 false", "public.Used 1 true");
        database.execute(
                "select londiste.provider_remove_seq('q', 'fresh'), londiste.provider_remove_seq('q', 'Used')");
        assertThat(database.rows("select * from londiste.provider_get_seq_list('q')"))
                .isEmpty();
        Captured.assertSqlState("LD004", () -> database.execute("select londiste.provider_remove_seq('q', 'fresh')"));
        Captured.assertSqlState("LD001", () -> database.execute("select londiste.provider_add_seq('q', 'lost')"));
    }

    @Test
    void sequencesOfTheSubscriberAreListed() {
        database.execute("create sequence followed; select londiste.subscriber_add_seq('q', 'followed')");

        assertThat(database.<String>value("select londiste.subscriber_get_seq_list('q')"))
                .isEqualTo("public.followed");
        database.execute("select londiste.subscriber_remove_seq('q', 'followed')");
        Captured.assertSqlState(
                "LD005", () -> database.execute("select londiste.subscriber_remove_seq('q', 'followed')"));
    }

    @Test
    void statesAreSetAndWrongOnesRefused() {
        database.execute(
                "create table stated (id int primary key); select londiste.subscriber_add_table('q', 'stated')");
        database.execute(
                "select londiste.set_table_state('q', 'stated', '1:2:', 'do-sync:5'), londiste.subscriber_set_skip_truncate('q', 'stated', true)");

        assertThat(database.rows("select * from londiste.subscriber_get_table_list('q')"))
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("table_name", "public.stated")
                        .containsEntry("merge_state", "do-sync:5")
                        .containsEntry("snapshot", "1:2:")
                        .containsEntry("skip_truncate", true));
        Captured.assertSqlState(
                "LD009", () -> database.execute("select londiste.set_table_state('q', 'stated', null, 'asleep')"));
        Captured.assertSqlState(
                "LD005", () -> database.execute("select londiste.set_table_state('q', 'lost', null, 'ok')"));
        Captured.assertSqlState("LD001", () -> database.execute("select londiste.subscriber_add_table('q', 'lost')"));
    }
}
