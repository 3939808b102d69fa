package dev.londiste.sql.londiste;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code capture=statement}: the same events from transition tables. */
@Timeout(60)
class StatementCaptureIT {

    @RegisterExtension
    static final TestDatabase database = Captured.provider();

    private final Captured captured = new Captured(database);

    @BeforeEach
    void createTable() {
        database.execute(
                "drop table if exists bulk; delete from londiste.provider_table; create table bulk (id numeric primary key, v text, j jsonb)");
        database.execute("select londiste.provider_add_table('q', 'bulk', null, 'statement', false)");
        database.execute("insert into bulk values (1, 'a', 'null'), (2, 'b', null)");
    }

    @Test
    void eachRowIsAnEvent() {
        var events = captured.eventsOf("public.bulk", """
                set session_replication_role = replica; set "IntervalStyle" = sql_standard;
                insert into bulk values (3, 'c', '[]'), (4, 'd', 'null'); update bulk set v = 'x' where id > 2; delete from bulk where id > 3;
                update bulk set v = '' where false; truncate bulk
                """);

        assertThat(events)
                .extracting(event -> event.get("ev_type") + " " + event.get("ev_extra4"))
                .containsExactly(
                        "I:id (3,c,[])",
                        "I:id (4,d,null)",
                        "U:id (3,x,[])",
                        "U:id (4,x,null)",
                        "D:id (4,x,null)",
                        "R null");
    }

    @Test
    void aSwapOfKeysIsTwoUpdates() {
        database.execute(
                "alter table bulk drop constraint bulk_pkey; alter table bulk add primary key (id) deferrable; set constraints all deferred");

        captured.assertChanges("public.bulk", "update bulk set id = 3 - id")
                .containsExactlyInAnyOrder(
                        "U:id {\"id\":2,\"v\":\"a\",\"j\":null}", "U:id {\"id\":1,\"v\":\"b\",\"j\":null}");
    }

    @Test
    void aChangedKeyIsADeleteAndAnInsertOfItsText() {
        captured.assertChanges("public.bulk", "update bulk set id = case id when 1 then 1.00 else id end, v = 'y'")
                .containsExactly(
                        "D:id {\"id\":1,\"v\":\"a\",\"j\":null}",
                        "U:id {\"id\":2,\"v\":\"y\",\"j\":null}",
                        "I:id {\"id\":1.00,\"v\":\"y\",\"j\":null}");
    }

    @Test
    void aRenamedKeyDoesNotMakeWritesFail() {
        captured.assertChanges(
                        "public.bulk", "alter table bulk rename id to number; update bulk set v = 'z' where number = 1")
                .containsExactly(
                        "D:id {\"number\":1,\"v\":\"a\",\"j\":null}", "I:id {\"number\":1,\"v\":\"z\",\"j\":null}");
    }

    /** A nested loop over the transition tables would take minutes. */
    @Test
    void manyRowsAreNotCapturedByThePlanOfOne() throws SQLException {
        database.execute("create table numbered (id bigint primary key, v text)");
        database.execute("select londiste.provider_add_table('q', 'numbered', null, 'statement', false)");
        database.execute("insert into numbered select i, 'x' from generate_series(1, 60000) i");
        int before = captured.events("public.numbered").size();
        try (var session = database.connect();
                var statement = session.createStatement()) {
            statement.execute("set statement_timeout = '30s'");
            statement.execute("update numbered set v = 'one' where id = 1");
            statement.execute("update numbered set v = 'many' where id > 1");
            statement.execute("update numbered set id = -id where id = 1");
            statement.execute("update numbered set id = -id where id > 1");
        }
        assertThat(captured.events("public.numbered")).hasSize(before + 1 + 59_999 + 2 + 2 * 59_999);
    }

    @Test
    void writersInLocalRoleAreNotCaptured() {
        captured.assertChanges("public.bulk", "set session_replication_role = local; delete from bulk")
                .isEmpty();
    }

    @Test
    void tablesWhoseChangesItWouldMissOrReorderAreRefused() {
        database.execute("""
                create table if not exists parted (id int primary key) partition by list (id);
                create table if not exists based (id int primary key); create table if not exists heir () inherits (based);
                """);
        for (var table : new String[] {"parted", "based", "heir"}) {
            Captured.assertSqlState(
                    "LD009",
                    () -> database.rows("select londiste.provider_add_table('q', ?, null, 'statement', false)", table));
        }
        Captured.assertSqlState(
                "LD009",
                () -> database.execute("select londiste.provider_add_table('q', 'based', null, 'statement', true)"));
        Captured.assertSqlState(
                "LD009",
                () -> database.execute("select londiste.provider_add_table('q', 'based', null, 'telepathy', true)"));
    }
}
