package dev.londiste.sql.londiste;

import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Events come in the order of the changes, whatever the user's own triggers do. */
@Timeout(60)
class CaptureOrderIT {

    @RegisterExtension
    static final TestDatabase database = Captured.provider();

    private final Captured captured = new Captured(database);

    @Test
    void aUserTriggerThatChangesTheSameRowAgainDoesNotOvertake() {
        database.execute("""
                create table again (id int primary key, v int);
                create function again() returns trigger language plpgsql as 'begin update again set v = v + 10 where id = new.id; return null; end';
                create trigger "!user" after insert on again for each row execute function again();
                """);
        captured.add("again");

        captured.assertChanges("public.again", "insert into again values (1, 1)")
                .containsExactly("I:id {\"id\":1,\"v\":1}", "U:id {\"id\":1,\"v\":11}");
    }

    @Test
    void aUserTriggerThatWouldFireFirstIsRefused() {
        database.execute("""
                create table early (id int primary key, v int);
                create function early() returns trigger language plpgsql as 'begin return null; end';
                create trigger " first" after insert on early for each row execute function early();
                """);

        Captured.assertSqlState("LD009", () -> captured.add("early"));
        Captured.assertSqlState(
                "LD009",
                () -> database.execute("select londiste.provider_add_table('q', 'early', null, 'statement', false)"));
    }

    @Test
    void anUpsertIsAnInsertOrAnUpdate() {
        database.execute("create table upserted (id int primary key, v int)");
        captured.add("upserted");

        captured.assertChanges("public.upserted", """
                        insert into upserted values (1, 1) on conflict (id) do update set v = excluded.v;
                        insert into upserted values (1, 2) on conflict (id) do update set v = excluded.v;
                        insert into upserted values (1, 3) on conflict do nothing;
                        """)
                .containsExactly("I:id {\"id\":1,\"v\":1}", "U:id {\"id\":1,\"v\":2}");
    }
}
