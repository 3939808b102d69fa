package dev.londiste.sql.londiste;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** C27, its part for triggers: what is dropped was saved, and comes back as it was. */
@Timeout(60)
class PendingTriggersIT {

    @RegisterExtension
    static final TestDatabase database = Captured.provider();

    @BeforeEach
    void createTable() {
        database.execute("""
                drop table if exists watched; delete from londiste.subscriber_table; delete from londiste.subscriber_pending_triggers;
                delete from londiste.provider_table;
                create table watched (id int primary key);
                create or replace function watch() returns trigger language plpgsql as 'begin return null; end';
                create trigger "A Trigger" after insert on watched for each row when (new.id > 1) execute function watch('x');
                create trigger off before delete on watched execute function watch(); alter table watched disable trigger off;
                create trigger always after update of id on watched execute function watch(); alter table watched enable always trigger always;
                comment on trigger off on watched is 'switched off';
                """);
    }

    @Test
    void triggersAreSavedAtTheRegistrationAndComeBackAsTheyWere() {
        var before = database.rows("select * from londiste.find_table_triggers('watched')");
        assertThat(before).hasSize(3);
        database.execute("select londiste.subscriber_add_table('q', 'watched')");

        assertThat(database.rows("select * from londiste.find_table_triggers('watched')"))
                .isEmpty();
        assertThat(database.rows("select * from londiste.subscriber_get_table_pending_triggers('watched')"))
                .hasSize(3);

        database.execute("select londiste.subscriber_remove_table('q', 'watched')");
        assertThat(database.rows("select * from londiste.find_table_triggers('watched')"))
                .isEqualTo(before);
        assertThat(database.rows("select * from londiste.subscriber_get_table_pending_triggers('watched')"))
                .isEmpty();
    }

    @Test
    void oneTriggerCanBeRestored() {
        database.execute("select londiste.subscriber_drop_all_table_triggers('watched')");
        database.execute("select londiste.subscriber_restore_table_trigger('watched', 'off')");

        assertThat(database.rows("select trigger_name from londiste.find_table_triggers('watched')"))
                .singleElement()
                .asString()
                .contains("off");
        Captured.assertSqlState(
                "LD005", () -> database.execute("select londiste.subscriber_restore_table_trigger('watched', 'off')"));
    }

    @Test
    void captureTriggersAreNeverTouched() {
        new Captured(database).add("watched");

        assertThat(database.<Integer>value("select londiste.subscriber_drop_all_table_triggers('watched')"))
                .isEqualTo(3);
        assertThat(database.rows("select * from londiste.provider_problems('q')"))
                .isEmpty();
    }
}
