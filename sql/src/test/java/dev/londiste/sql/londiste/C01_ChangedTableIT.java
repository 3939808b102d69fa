package dev.londiste.sql.londiste;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class C01_ChangedTableIT {

    @RegisterExtension
    static final TestDatabase database = Captured.provider();

    private final Captured captured = new Captured(database);

    @Test
    void aColumnAddedLaterIsCapturedExactlyWithoutRefresh() {
        database.execute("create table added (id int primary key)");
        captured.add("added");

        var events = captured.eventsOf(
                "public.added",
                "alter table added add j jsonb; set \"IntervalStyle\" = sql_standard; insert into added values (1, 'null'), (2, null)");

        assertThat(events)
                .extracting(event -> event.get("ev_data"))
                .containsExactly("{\"id\":1,\"j\":null}", "{\"id\":2,\"j\":null}");
        assertThat(events).extracting(event -> event.get("ev_extra4")).containsExactly("(1,null)", "(2,)");
    }

    @Test
    void aDroppedOrRenamedColumnLeavesNoTrace() {
        database.execute("create table dropped (id int primary key, a text, b text)");
        captured.add("dropped");

        captured.assertChanges(
                        "public.dropped",
                        "alter table dropped drop a; alter table dropped rename b to c; insert into dropped values (1, 'x'); update dropped set c = 'y'")
                .containsExactly("I:id {\"id\":1,\"c\":\"x\"}", "U:id {\"id\":1,\"c\":\"y\"}");
    }

    @Test
    void anOpenSessionGoesOnWhenTheKeyGetsAnotherType() throws SQLException {
        database.execute("create table retyped (id int primary key, v text)");
        captured.add("retyped");
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute(
                    "insert into retyped values (1, 'a'); update retyped set v = 'b'; update retyped set id = 2");
            statement.execute("alter table retyped alter id type bigint");
            statement.execute("update retyped set v = 'c'; update retyped set id = 3");
        }

        var events = captured.events("public.retyped");
        assertThat(events)
                .extracting(event -> event.get("ev_extra2"))
                .containsExactly(null, null, "{\"id\" : 1}", null, "{\"id\" : 2}");
    }

    @Test
    void aRenamedKeyDoesNotMakeWritesFailAndRefreshRenewsIt() {
        database.execute("create table renamed (id int primary key, v text)");
        captured.add("renamed");

        database.execute(
                "insert into renamed values (1, 'a'); alter table renamed rename id to number; update renamed set v = 'b'");
        database.rows("select londiste.provider_refresh_trigger('q', 'renamed')");

        captured.assertChanges("public.renamed", "update renamed set v = 'c'")
                .containsExactly("U:number {\"number\":1,\"v\":\"c\"}");
        captured.assertChanges("public.renamed", "update renamed set number = 2")
                .hasSize(1);
    }

    @Test
    void aRenamedTableKeepsItsRegisteredName() {
        database.execute("create table before (id int primary key)");
        captured.add("before");

        captured.assertChanges("public.before", "alter table before rename to after; insert into after values (1)")
                .containsExactly("I:id {\"id\":1}");
    }

    @Test
    void identityIsCarriedAndGeneratedColumnsDoNotDisturb() {
        database.execute(
                "create table identities (id int generated always as identity primary key, v int, twice int generated always as (v * 2) stored)");
        captured.add("identities");

        captured.assertChanges("public.identities", "insert into identities (v) values (4)")
                .singleElement()
                .asString()
                .startsWith("I:id {\"id\":1,\"v\":4");
    }

    @Test
    void namesMayBeReservedWordsAndOfAnyCase() {
        database.execute("""
                create schema "Select";
                create table "Select"."From" ("Order" int, "it's ""this""\\" text, v_data int, new text, primary key ("Order", "it's ""this""\\"))
                """);
        captured.add("Select.From");

        var events = captured.eventsOf(
                "Select.From",
                "insert into \"Select\".\"From\" values (1, 'a', 2, 'n'); update \"Select\".\"From\" set \"Order\" = 3; delete from \"Select\".\"From\"");

        assertThat(events)
                .extracting(event -> event.get("ev_type"))
                .containsExactly("I:Order,it's \"this\"\\", "U:Order,it's \"this\"\\", "D:Order,it's \"this\"\\");
        assertThat(events.get(1).get("ev_extra2")).isEqualTo("{\"Order\" : 1, \"it's \\\"this\\\"\\\\\" : \"a\"}");
    }
}
