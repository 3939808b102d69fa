package dev.londiste.sql.londiste;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class C26_PendingForeignKeysIT {

    private static final String FOREIGN_KEY_VIOLATION = "23503";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withLondiste();

    @BeforeEach
    void createTables() {
        database.execute("""
                drop table if exists line, note, item cascade;
                delete from londiste.subscriber_table; delete from londiste.subscriber_pending_fkeys;
                create table item (id int primary key);
                create table line (id int primary key, item int constraint to_item references item on delete cascade deferrable initially deferred);
                create table note (id int primary key, item int constraint to_item references item not null);
                comment on constraint to_item on line is 'a line''s item';
                """);
    }

    @Test
    void aKeyComesBackAsItWasAfterItsValidation() {
        var before = database.rows("select * from londiste.find_table_fkeys('line')");
        drop("line");
        assertThat(database.rows("select * from londiste.find_table_fkeys('line')"))
                .isEmpty();

        restore("line");
        assertThat(database.<Boolean>value("select validated from londiste.find_table_fkeys('line')"))
                .isFalse();
        assertThat(database.rows("select * from londiste.subscriber_get_table_pending_fkeys('line')"))
                .hasSize(1);

        database.execute("select londiste.subscriber_validate_table_fkey('line', 'to_item')");
        assertThat(database.rows("select * from londiste.find_table_fkeys('line')"))
                .isEqualTo(before);
        assertThat(database.rows("select * from londiste.subscriber_get_table_pending_fkeys('line')"))
                .isEmpty();
    }

    @Test
    void keysOfOneNameOnTwoTablesAreTwo() {
        drop("line");
        drop("note");

        assertThat(database.rows("select from_table from londiste.subscriber_get_table_pending_fkeys('item')"))
                .extracting(row -> row.get("from_table"))
                .containsExactly("public.line", "public.note");
    }

    @Test
    void rowsThatViolateStopTheValidationOnly() {
        drop("line");
        database.execute("insert into line values (1, 99)");

        restore("line");
        Captured.assertSqlState(
                FOREIGN_KEY_VIOLATION,
                () -> database.execute("select londiste.subscriber_validate_table_fkey('line', 'to_item')"));
        assertThat(database.<Boolean>value("select restored from londiste.subscriber_get_table_pending_fkeys('line')"))
                .isTrue();
        Captured.assertSqlState(FOREIGN_KEY_VIOLATION, () -> database.execute("insert into line values (2, 98)"));
    }

    @Test
    void aKeyDroppedAgainBeforeItsValidationIsStillToBeValidated() {
        drop("line");
        restore("line");
        drop("line");

        assertThat(database.rows("select validated, restored from londiste.subscriber_get_table_pending_fkeys('line')"))
                .singleElement()
                .satisfies(
                        row -> assertThat(row).containsEntry("validated", true).containsEntry("restored", false));
    }

    @Test
    void aKeyThatWasNeverValidComesBackSo() {
        database.execute(
                "alter table line drop constraint to_item; alter table line add constraint to_item foreign key (item) references item not valid");
        drop("line");
        restore("line");

        assertThat(database.<Boolean>value("select validated from londiste.find_table_fkeys('line')"))
                .isFalse();
        assertThat(database.rows("select * from londiste.subscriber_get_table_pending_fkeys('line')"))
                .isEmpty();
    }

    @Test
    void aPartitionedTableGetsItsKeyBack() {
        database.execute("""
                drop table if exists parts; create table parts (id int primary key, item int constraint p references item) partition by list (id);
                create table parts_1 partition of parts for values in (1)
                """);
        assertThat(database.rows("select * from londiste.find_table_fkeys('parts_1')"))
                .isEmpty();

        database.execute(
                "select londiste.subscriber_drop_table_fkey('parts', 'p'), londiste.subscriber_restore_table_fkey('parts', 'p'),"
                        + " londiste.subscriber_validate_table_fkey('parts', 'p')");

        assertThat(database.<Boolean>value("select validated from londiste.find_table_fkeys('parts')"))
                .isTrue();
        database.execute("drop table parts");
    }

    @Test
    void keysAreValidOnceBothEndsAreInSync() {
        database.execute(
                "select londiste.subscriber_add_table('q', 'line'), londiste.subscriber_add_table('q', 'item')");
        drop("line");
        drop("note");
        database.execute(
                "select londiste.subscriber_set_table_state('q', 'line', null, 'ok'), londiste.subscriber_set_table_state('q', 'item', '1:1:', 'ok')");
        assertThat(database.rows("select * from londiste.subscriber_get_queue_valid_pending_fkeys('q')"))
                .isEmpty();

        database.execute("select londiste.subscriber_set_table_state('q', 'item', null, 'ok')");
        assertThat(database.rows("select from_table from londiste.subscriber_get_queue_valid_pending_fkeys('q')"))
                .hasSize(2);
    }

    @Test
    void keysOfAParkedTableStayAside() {
        database.execute(
                "select londiste.subscriber_add_table('q', 'line'), londiste.subscriber_add_table('q', 'item')");
        database.execute("update londiste.subscriber_table set merge_state = 'ok', snapshot = null");
        drop("line");
        for (var parked : new String[] {"public.line", "public.item"}) {
            database.rows("select londiste.park_table('q', ?, 'why')", parked);
            assertThat(database.rows("select * from londiste.restorable_fkeys('q')"))
                    .as("%s is parked", parked)
                    .isEmpty();
            database.execute("update londiste.subscriber_table set parked_reason = null");
        }
        assertThat(database.rows("select * from londiste.restorable_fkeys('q')"))
                .isNotEmpty();
    }

    @Test
    void aKeyWhoseTablesWereRemovedComesBackWhileTheyAreThere() {
        database.execute("select londiste.subscriber_add_table('q', 'line')");
        drop("line");
        assertThat(database.rows("select * from londiste.restorable_fkeys('other')"))
                .isEmpty();
        database.execute("select londiste.subscriber_remove_table('q', 'line')");

        assertThat(database.rows("select from_table from londiste.restorable_fkeys('other')"))
                .hasSize(1);
        assertThat(database.rows("select from_table from londiste.subscriber_fkeys('other') where state = 'pending'"))
                .hasSize(1);
        database.execute("drop table line");
        assertThat(database.rows("select * from londiste.restorable_fkeys('other')"))
                .isEmpty();
    }

    private static void drop(String table) {
        assertThat(database.<Integer>value("select londiste.subscriber_drop_table_fkey(?, 'to_item')", table))
                .isEqualTo(1);
    }

    private static void restore(String table) {
        assertThat(database.<Integer>value("select londiste.subscriber_restore_table_fkey(?, 'to_item')", table))
                .isEqualTo(1);
    }
}
