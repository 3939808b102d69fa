package dev.londiste.sql.londiste;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DenyWritesIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withLondiste();

    @BeforeEach
    void createTable() {
        database.execute(
                "drop table if exists denied; create table denied (id int primary key); insert into denied values (1); select londiste.deny_writes('denied', true)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into denied values (2)",
                "update denied set id = 3",
                "delete from denied",
                "truncate denied"
            })
    void writesAreRefused(String sql) {
        Captured.assertSqlState("LD009", () -> database.execute(sql));

        assertThat(database.<Integer>value("select id from denied")).isEqualTo(1);
    }

    @Test
    void replayPasses() {
        database.execute("set session_replication_role = replica; insert into denied values (2)");
        database.execute("select londiste.disable_deny_trigger(true); insert into denied values (3)");

        assertThat(database.<Long>value("select count(*) from denied")).isEqualTo(3L);
        Captured.assertSqlState(
                "LD009",
                () -> database.execute(
                        "select londiste.disable_deny_trigger(true); select londiste.disable_deny_trigger(false); delete from denied"));
    }

    @Test
    void theGuardCanBeTakenAway() {
        assertThat(database.<Integer>value("select londiste.deny_writes('denied', true)"))
                .isZero();
        assertThat(database.<Integer>value("select londiste.deny_writes('denied', false)"))
                .isEqualTo(1);

        database.execute("delete from denied");
    }

    @Test
    void itIsNotPutAsideWithTheUsersTriggers() {
        database.execute("select londiste.subscriber_add_table('q', 'denied')");

        Captured.assertSqlState("LD009", () -> database.execute("delete from denied"));
    }

    /** Statement triggers of the root know nothing of statements that name a partition. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into denied_tree values (2)",
                "insert into denied_middle values (2)",
                "update denied_leaf set id = 3",
                "delete from denied_leaf",
                "truncate denied_leaf",
                "truncate denied_middle",
                "insert into denied_late values (20)"
            })
    void writesOfPartitionsAreRefused(String sql) {
        database.execute("""
                drop table if exists denied_tree;
                create table denied_tree (id int) partition by range (id);
                create table denied_middle partition of denied_tree for values from (0) to (10) partition by range (id);
                create table denied_leaf partition of denied_middle for values from (0) to (10);
                insert into denied_tree values (1);
                select londiste.deny_writes('denied_tree', true);
                create table denied_late partition of denied_tree for values from (10) to (30);
                """);
        assertThat(database.<Integer>value("select londiste.deny_writes('denied_tree', true)"))
                .isEqualTo(1);

        Captured.assertSqlState("LD009", () -> database.execute(sql));

        assertThat(database.<Integer>value("select id from denied_tree")).isEqualTo(1);
        assertThat(database.<Integer>value("select londiste.deny_writes('denied_tree', false)"))
                .isEqualTo(1);
        database.execute(sql);
    }
}
