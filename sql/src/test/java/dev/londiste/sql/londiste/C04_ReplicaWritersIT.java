package dev.londiste.sql.londiste;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class C04_ReplicaWritersIT {

    @RegisterExtension
    static final TestDatabase database = Captured.provider();

    private final Captured captured = new Captured(database);

    @Test
    void writersInReplicaRoleAreCaptured() {
        database.execute("create table replicas (id int primary key)");
        captured.add("replicas");

        captured.assertChanges(
                        "public.replicas",
                        "set session_replication_role = replica; insert into replicas values (1); update replicas set id = 2; delete from replicas; truncate replicas")
                .containsExactly("I:id {\"id\":1}", "U:id {\"id\":2}", "D:id {\"id\":2}", "R null");
    }

    @Test
    void writersInLocalRoleAreNot() {
        database.execute("create table locals (id int primary key)");
        captured.add("locals");

        captured.assertChanges(
                        "public.locals",
                        "set session_replication_role = local; insert into locals values (1); truncate locals")
                .isEmpty();
    }

    @Test
    void statementTriggersAreRefusedOnTablesOfASubscription() {
        database.execute("""
                create table subscribed (id int primary key);
                create subscription s connection 'dbname=none' publication p with (connect = false);
                insert into pg_subscription_rel (srsubid, srrelid, srsubstate) select oid, 'subscribed'::regclass, 'r' from pg_subscription where subname = 's'
                """);

        Captured.assertSqlState(
                "LD009",
                () -> database.execute(
                        "select londiste.provider_add_table('q', 'subscribed', null, 'statement', false)"));
        database.execute("alter subscription s set (slot_name = none); drop subscription s");
    }

    @Test
    void disabledAndMissingTriggersAreReported() {
        database.execute("create table disabled (id int primary key); create table missing (id int primary key)");
        captured.add("disabled").add("missing");
        assertThat(database.rows("select * from londiste.provider_problems('q') where table_name ~ 'disabled|missing'"))
                .isEmpty();

        database.execute("alter table disabled disable trigger all; drop trigger \"!londiste_" + nr("missing")
                + "_update\" on missing");

        assertThat(
                        database.rows(
                                "select table_name, problem from londiste.provider_problems('q') where table_name ~ 'disabled|missing' order by 1"))
                .extracting(row -> row.get("table_name") + " " + row.get("problem"))
                .contains("public.disabled trigger disabled", "public.missing trigger missing");
    }

    private static Object nr(String table) {
        return database.value("select nr from londiste.provider_table where table_name = 'public.' || ?", table);
    }
}
