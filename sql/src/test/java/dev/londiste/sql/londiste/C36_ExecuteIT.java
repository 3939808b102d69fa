package dev.londiste.sql.londiste;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** C36, its part on the provider. */
@Timeout(60)
class C36_ExecuteIT {

    @RegisterExtension
    static final TestDatabase database = Captured.provider();

    @BeforeEach
    void createTable() {
        database.execute("""
                drop table if exists shaped; delete from londiste.provider_table; delete from londiste.executed_script;
                create table shaped (id int primary key); select londiste.provider_add_table('q', 'shaped')
                """);
    }

    @Test
    void theEventFollowsTheScriptAndNamesWhatItTouched() {
        var id = execute("1.sql", "alter table shaped add j jsonb; alter table shaped rename id to number");
        database.execute("insert into shaped values (1, 'null')");

        var events = database.rows(
                "select ev_id, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4 from pgq.event_template where ev_id >= ? order by ev_id",
                id);
        assertThat(events.get(0))
                .containsEntry("ev_type", "EXECUTE")
                .containsEntry("ev_data", "alter table shaped add j jsonb; alter table shaped rename id to number")
                .containsEntry("ev_extra1", "1.sql")
                .containsEntry("ev_extra3", "public.shaped");
        assertThat(events.get(1)).containsEntry("ev_type", "I:number").containsEntry("ev_extra4", "(1,null)");
    }

    @Test
    void theOwnersTableKnowsNumberAndHash() {
        var id = execute("1.sql", "comment on table shaped is 'x'");

        assertThat(isKnown(id, "ev_extra2::json ->> 'hash'")).isTrue();
        assertThat(isKnown(id, "'forged'")).isFalse();
        // Neither under another number, as if it were to run again, nor in another queue.
        assertThat(database.<Long>value("""
                select count(*) from londiste.executed_script s, (values ('q', 0), ('q', 1), ('q2', 0)) as k (queue, more)
                where londiste.is_executed_script(k.queue, s.script_id + k.more, s.script_hash)
                """)).isEqualTo(1);
        assertThat(database.<Boolean>value(
                        "select has_table_privilege('pg_read_all_stats', 'londiste.executed_script', 'insert')"))
                .isFalse();
    }

    private static boolean isKnown(long id, String hash) {
        return database.value(
                "select londiste.is_executed_script('q', (ev_extra2::json ->> 'id')::bigint, " + hash
                        + ") from pgq.event_template where ev_id = ?",
                id);
    }

    @Test
    void aScriptIsSentOnce() {
        assertThat(execute("1.sql", "create table once (id int)")).isNotNull();
        assertThat(execute("1.sql", "create table once (id int)")).isNull();
        database.execute("drop table once");
    }

    @Test
    void aScriptThatChangedCapturedRowsOrCannotRunInATransactionIsRefused() {
        Captured.assertSqlState(
                "LD009", () -> execute("2.sql", "alter table shaped add v int; insert into shaped values (1, 1)"));
        Captured.assertSqlState("25001", () -> execute("3.sql", "create index concurrently on shaped (id)"));
        Captured.assertSqlState("LD002", () -> execute("4.sql", "alter table shaped drop id"));

        assertThat(columns()).isEqualTo(List.of(Map.of("attname", "id")));
        assertThat(database.rows("select * from londiste.executed_script")).isEmpty();
    }

    @Test
    void aScriptThatChangedRowsCapturedInAnotherQueueIsRefused() {
        database.execute("""
                select pgq.create_queue('q2'); create table elsewhere (id int primary key);
                select londiste.provider_add_table('q2', 'elsewhere')
                """);
        Captured.assertSqlState("LD009", () -> execute("5.sql", "insert into elsewhere values (1)"));
        assertThat(database.rows("select * from elsewhere")).isEmpty();
        database.execute("select londiste.provider_remove_table('q2', 'elsewhere'); drop table elsewhere;"
                + " select pgq.drop_queue('q2', true)");
    }

    /** On the subscriber such a lock waits for a load of the table, and the load for the batch. */
    @Test
    void theEventNamesTablesThatTheScriptOnlyLocked() {
        database.execute("""
                create table parts (id int primary key, v int) partition by list (id);
                create table parts_1 partition of parts for values in (1);
                select londiste.provider_add_table('q', 'parts')
                """);
        assertThat(touched("6.sql", "create index on shaped (id)")).isEqualTo("public.shaped");
        assertThat(touched("7.sql", "create index on parts_1 (v); comment on table shaped is 'x'"))
                .isEqualTo("public.shaped,public.parts");
        assertThat(touched("8.sql", "create view looked as select * from shaped; create table beside (id int)"))
                .isNull();
        database.execute(
                "select londiste.provider_remove_table('q', 'parts'); drop table parts, beside; drop view looked");
    }

    private static String touched(String name, String script) {
        var id = execute(name, script);
        return database.value("select ev_extra3 from pgq.event_template where ev_id = ?", id);
    }

    private static List<Map<String, Object>> columns() {
        return database.rows(
                "select attname::text from pg_attribute where attrelid = 'shaped'::regclass and attnum > 0 and not attisdropped");
    }

    private static Long execute(String name, String script) {
        return database.value("select londiste.provider_execute('q', ?, ?)", name, script);
    }

    @Test
    void whatAScriptSetsEndsWithIt() throws Exception {
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            var before = settings(statement);
            statement.execute("set local lock_timeout = 5000");
            statement.execute("""
                    select londiste.provider_execute('q', 'sets', $$
                        set role pg_monitor; select set_config('search_path', '', false);
                        set lock_timeout = 1; set local work_mem = '5MB'; set londiste.allow_writes = on
                    $$)""");
            assertThat(settings(statement)).isEqualTo(before.replace("lock_timeout=0", "lock_timeout=5s"));
            connection.commit();
            assertThat(settings(statement)).isEqualTo(before);
        }
    }

    private static String settings(java.sql.Statement statement) throws java.sql.SQLException {
        try (var row = statement.executeQuery("""
                select format('role=%s lock_timeout=%s work_mem=%s search_path=%s', current_setting('role'),
                    current_setting('lock_timeout'), current_setting('work_mem'), current_setting('search_path'))""")) {
            row.next();
            return row.getString(1);
        }
    }
}
