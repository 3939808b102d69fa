package dev.londiste.sql.pgq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.londiste.sql.pgq.Session.SqlFailure;
import dev.londiste.testing.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The events of jsontriga, logutriga and sqltriga, as the C extension writes them. */
@Timeout(60)
abstract class PgqTriggerSuite {

    protected abstract TestDatabase database();

    /** Type, data, extra1 and extra2 of the events that some statements make, nulls as {@code -}. */
    private List<String> events(String trigger, String arguments, Consumer<Session> statements) {
        try (var queue = TestQueue.create(database(), "triggers")) {
            var session = queue.session();
            // What an earlier test has left is not this one's.
            session.value("select pgq.drop_queue('triggers', true)");
            session.value("select pgq.create_queue('triggers')");
            queue.register("c");
            session.run("""
                    drop table if exists t;
                    create table t (id int primary key, "Txt" text, num numeric, ok bool, at timestamptz, c char(3), j jsonb)
                    """);
            session.run("create trigger x after insert or update or delete on t for each row execute procedure pgq."
                    + trigger + "('triggers'" + arguments + ")");
            session.run("create trigger y after truncate on t for each statement execute procedure pgq." + trigger
                    + "('triggers')");
            statements.accept(session);
            session.value("select pgq.force_tick('triggers')");
            session.value("select pgq.ticker('triggers')");
            var events = new ArrayList<String>();
            for (var batch = queue.next("c"); batch != null; batch = queue.next("c")) {
                events.addAll(session.column("""
                        select concat_ws(' | ', coalesce(ev_type, '-'), coalesce(ev_data, '-'), coalesce(ev_extra1, '-'),
                                                coalesce(ev_extra2, '-'))
                        from pgq.get_batch_events(?)
                        """, batch));
                queue.finish(batch);
            }
            return events;
        }
    }

    private static void changeOneRow(Session session) {
        session.run("set timezone = 'UTC'")
                .run(
                        "insert into t values (1, E'a=b& ~\\\\ü''', 1.10, true, '2026-11-23 00:30:51.9+00', 'x', '{\"a\": [1]}')")
                .run("update t set num = null, \"Txt\" = 'y' where id = 1")
                .run("delete from t")
                .run("truncate t");
    }

    @Test
    void logutrigaWritesRowsUrlencoded() {
        assertThat(events("logutriga", ", 'backup'", PgqTriggerSuite::changeOneRow))
                .containsExactly(
                        "I:id | id=1&Txt=a%3db%26+%7e%5c%c3%bc%27&num=1.10&ok=t&at=2026-11-23+00%3a30%3a51.9%2b00"
                                + "&c=x++&j=%7b%22a%22%3a+%5b1%5d%7d | public.t | -",
                        "U:id | id=1&Txt=y&num&ok=t&at=2026-11-23+00%3a30%3a51.9%2b00&c=x++&j=%7b%22a%22%3a+%5b1%5d%7d"
                                + " | public.t | id=1&Txt=a%3db%26+%7e%5c%c3%bc%27&num=1.10&ok=t"
                                + "&at=2026-11-23+00%3a30%3a51.9%2b00&c=x++&j=%7b%22a%22%3a+%5b1%5d%7d",
                        "D:id | id=1&Txt=y&num&ok=t&at=2026-11-23+00%3a30%3a51.9%2b00&c=x++&j=%7b%22a%22%3a+%5b1%5d%7d"
                                + " | public.t | -",
                        "R |  | public.t | -");
    }

    @Test
    void sqltrigaWritesPartialSql() {
        assertThat(events("sqltriga", "", PgqTriggerSuite::changeOneRow))
                .containsExactly(
                        "I | (id,\"Txt\",num,ok,at,c,j) values ('1',E'a=b& ~\\\\ü''','1.10','t',"
                                + "'2026-11-23 00:30:51.9+00','x  ','{\"a\": [1]}') | public.t | -",
                        "U | \"Txt\"='y',num=NULL where id='1' | public.t | -",
                        "D | id='1' | public.t | -",
                        "R |  | public.t | -");
    }

    @Test
    void jsontrigaWritesJsonWithNumbersAsStrings() {
        assertThat(events("jsontriga", "", PgqTriggerSuite::changeOneRow))
                .containsExactly(
                        "{\"op\":\"INSERT\",\"table\":[\"public\",\"t\"],\"pkey\":[\"id\"]} | {\"id\":1,"
                                + "\"Txt\":\"a=b& ~\\\\ü'\",\"num\":\"1.10\",\"ok\":true,\"at\":\"2026-11-23T00:30:51.9+00:00\","
                                + "\"c\":\"x  \",\"j\":\"{\\\"a\\\": [1]}\"} | public.t | -",
                        "{\"op\":\"UPDATE\",\"table\":[\"public\",\"t\"],\"pkey\":[\"id\"]} | {\"id\":1,"
                                + "\"Txt\":\"y\",\"num\":null,\"ok\":true,\"at\":\"2026-11-23T00:30:51.9+00:00\","
                                + "\"c\":\"x  \",\"j\":\"{\\\"a\\\": [1]}\"} | public.t | -",
                        "{\"op\":\"DELETE\",\"table\":[\"public\",\"t\"],\"pkey\":[\"id\"]} | {\"id\":1,"
                                + "\"Txt\":\"y\",\"num\":null,\"ok\":true,\"at\":\"2026-11-23T00:30:51.9+00:00\","
                                + "\"c\":\"x  \",\"j\":\"{\\\"a\\\": [1]}\"} | public.t | -",
                        "{\"op\":\"TRUNCATE\",\"table\":[\"public\",\"t\"],\"pkey\":[\"id\"]} | {} | public.t | -");
    }

    private static void changeThreeColumns(Session session) {
        session.run("insert into t (id, \"Txt\", num) values (1, 'a', 1), (2, 'b', 2)")
                .run("update t set num = 5 where id = 1")
                .run("update t set \"Txt\" = 'c', num = 6 where id = 1")
                .run("update t set \"Txt\" = 'c' where id = 1");
    }

    @Test
    void ignoredColumnsAreLeftOutAndMakeNoEvent() {
        assertThat(events("sqltriga", ", 'ignore=num,ok,at,c,j'", PgqTriggerSuite::changeThreeColumns))
                .containsExactly(
                        "I | (id,\"Txt\") values ('1','a') | public.t | -",
                        "I | (id,\"Txt\") values ('2','b') | public.t | -",
                        "U | \"Txt\"='c' where id='1' | public.t | -",
                        "U | id='1' where id='1' | public.t | -");
    }

    @Test
    void aConditionAndExpressionsReplaceWhatIsLogged() {
        var arguments =
                ", 'when=id = 1', 'ev_type=''T'' || id', 'ev_data=num', 'ev_extra1=upper(''x'')', 'ev_extra2=null'";
        assertThat(events("logutriga", arguments, PgqTriggerSuite::changeThreeColumns))
                .containsExactly("T1 | 1 | X | -", "T1 | 5 | X | -", "T1 | 6 | X | -", "T1 | 6 | X | -");
    }

    @Test
    void anotherKeyMayBeNamed() {
        assertThat(events(
                        "logutriga",
                        ", 'pkey=num,id', 'ignore=ok,at,c,j'",
                        session -> session.run("insert into t (id, num) values (1, 2)")))
                .containsExactly("I:num,id | id=1&Txt&num=2 | public.t | -");
    }

    @Test
    void aChangedKeyAndDeniedOperationsAndUnknownArgumentsAreErrors() {
        assertThat(error("jsontriga", "", "update t set id = 2")).isEqualTo("primary key update not allowed");
        assertThat(error("logutriga", ", 'deny'", "delete from t"))
                .isEqualTo("Table 'public.t' to queue 'triggers': change not allowed (INSERT)");
        assertThat(error("sqltriga", ", 'unknown'", "delete from t")).isEqualTo("bad param to pgq trigger");
        assertThat(error("sqltriga", ", 'SKIP'", "delete from t")).isEqualTo("SKIP does not work in AFTER trigger.");
    }

    private String error(String trigger, String arguments, String statement) {
        return catchThrowableOfType(
                        SqlFailure.class,
                        () -> events(
                                trigger,
                                arguments,
                                session -> session.run("insert into t (id) values (1)")
                                        .run(statement)))
                .serverMessage();
    }

    @Test
    void withRoleLocalNothingIsLoggedAndSkipDropsTheOperation() {
        assertThat(events(
                        "logutriga",
                        "",
                        session -> session.run("set session_replication_role = local")
                                .run("insert into t (id) values (1)")
                                .run("reset session_replication_role")))
                .isEmpty();
        assertThat(events(
                        "sqltriga",
                        "",
                        session -> session.run("drop trigger x on t")
                                .run("create trigger x before insert on t for each row"
                                        + " execute procedure pgq.sqltriga('triggers', 'SKIP', 'ignore=ok,at,c,j,num')")
                                .run("insert into t (id) values (7)")
                                .run("do $$ begin assert not exists (select from t); end $$")))
                .containsExactly("I | (id,\"Txt\") values ('7',null) | public.t | -");
    }
}
