package dev.londiste.sql.londiste;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class C06_MovedRowsIT {

    @RegisterExtension
    static final TestDatabase database = Captured.provider();

    private final Captured captured = new Captured(database);

    @Test
    void aMoveBetweenPartitionsIsADeleteFollowedAtOnceByAnInsertOfOneTransaction() {
        database.execute("""
                create table moved (id int, part int, v text, primary key (id, part)) partition by list (part);
                create table moved_1 partition of moved for values in (1);
                create table moved_2 partition of moved for values in (2);
                insert into moved values (1, 1, 'a'), (2, 1, 'b');
                """);
        captured.add("moved");

        var events = captured.eventsOf("public.moved", "update moved set part = 2 where id = 1");

        assertThat(events)
                .extracting(event -> event.get("ev_type") + " " + event.get("ev_data"))
                .containsExactly(
                        "D:id,part {\"id\":1,\"part\":1,\"v\":\"a\"}", "I:id,part {\"id\":1,\"part\":2,\"v\":\"a\"}");
        assertThat(events)
                .extracting(event -> event.get("ev_txid"))
                .containsOnly(events.get(0).get("ev_txid"));
    }

    @Test
    void statementTriggersAreRefusedWhereAForeignKeyWithAnActionReferencesTheTable() {
        database.execute("""
                create table parent (id int primary key); create table cascading (id int references parent on delete cascade);
                create table loved (id int primary key); create table restrained (id int references loved on delete restrict)
                """);

        Captured.assertSqlState(
                "LD009",
                () -> database.execute("select londiste.provider_add_table('q', 'parent', null, 'statement', false)"));
        database.execute("select londiste.provider_add_table('q', 'loved', null, 'statement', false)");
    }
}
