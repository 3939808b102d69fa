package dev.londiste.sql.londiste;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class C07_ForgedEventsIT {

    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    @RegisterExtension
    static final TestDatabase database = Captured.provider();

    private final Captured captured = new Captured(database);

    @BeforeAll
    static void createRoles() {
        database.execute("""
                drop role if exists forged_owner; drop role if exists forged_writer; drop role if exists forged_stranger;
                create role forged_owner; create role forged_writer; create role forged_stranger;
                grant create, usage on schema public to forged_owner, forged_stranger;
                grant usage on schema londiste to forged_owner, forged_stranger, forged_writer;
                create table accounts (id int primary key, v text);
                alter table accounts owner to forged_owner;
                grant select, insert, update, delete on accounts to forged_writer;
                """);
        new Captured(database).add("accounts");
    }

    @AfterAll
    static void dropRoles() {
        database.execute("""
                drop owned by forged_owner, forged_writer, forged_stranger cascade;
                drop role forged_owner, forged_writer, forged_stranger
                """);
    }

    @Test
    void aWriterNeedsNoRightsOnTheQueue() {
        captured.assertChanges(
                        "public.accounts",
                        as(
                                "forged_writer",
                                "insert into accounts values (1, 'a'); update accounts set v = 'b'; delete from accounts"))
                .hasSize(3);
    }

    @Test
    void aWriterGainsNothingElse() {
        for (var sql : new String[] {
            "select pgq.insert_event_raw('q', null, now(), null, null, 'I:id', '{}', 'public.accounts', null, null, null)",
            "insert into pgq.event_1_0 (ev_id, ev_time, ev_type) values (1, now(), 'D:id')",
            "select londiste.provider_notify_change('q')",
            "select londiste.provider_remove_table('q', 'accounts')",
            "insert into londiste.provider_table (queue_name, table_name) values ('q', 'x.y')",
            "insert into londiste.truncating values (1, txid_current())",
            "select londiste.emit_rows(t, relation, 'I') from londiste.provider_table t"
        }) {
            Captured.assertSqlState(INSUFFICIENT_PRIVILEGE, () -> database.execute(as("forged_writer", sql)));
        }
    }

    @Test
    void aStrangerCannotUseTheFunctionForATableOfHisOwn() {
        Captured.assertSqlState(
                INSUFFICIENT_PRIVILEGE,
                () -> database.execute(as("forged_stranger", "create table mine (id int); " + forge("mine"))));
    }

    @Test
    void notEvenTheOwnerCanUseTheFunctionForAnotherTable() {
        Captured.assertSqlState(
                "LD009",
                () -> database.execute(as(
                        "forged_owner",
                        "create table other (id int primary key, v text); " + forge("other")
                                + "; insert into other values (1, 'forged')")));
        assertThat(captured.events("public.accounts"))
                .noneMatch(event -> String.valueOf(event.get("ev_data")).contains("forged"));
    }

    @Test
    void theQueueTakesEventsOnlyFromLondiste() {
        Captured.assertSqlState(
                "PQ007",
                () -> database.execute(
                        "select pgq.insert_event('q', 'D:id', '{\"id\":1}', 'public.accounts', null, null, null)"));
        captured.assertChanges(
                        "public.accounts", "insert into accounts values (9, 'ours'); delete from accounts where id = 9")
                .hasSize(2);
    }

    private static String forge(String table) {
        return "create trigger forged after insert on " + table + " for each row execute function londiste.capture_"
                + database.<Integer>value("select nr from londiste.provider_table where table_name = 'public.accounts'")
                + "_insert()";
    }

    private static String as(String role, String sql) {
        return "set role " + role + "; " + sql + "; reset role";
    }
}
