package dev.londiste.sql.londiste;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** C13, its part for capture: the function that names the current table is replaced under open writers. */
@Timeout(60)
class C13_RotationIT {

    @RegisterExtension
    static final TestDatabase database = Captured.provider();

    @BeforeEach
    void createTable() {
        database.execute("""
                drop table if exists turning; delete from londiste.provider_table;
                create table turning (id int primary key, v text);
                select londiste.provider_add_table('q', 'turning');
                select pgq.register_consumer('q', 'reader');
                """);
        read();
    }

    @ParameterizedTest
    @ValueSource(strings = {"read committed", "repeatable read", "serializable"})
    void aWriterOlderThanTheRotationLosesNothing(String isolation) throws SQLException {
        try (var writer = database.connect()) {
            writer.setAutoCommit(false);
            run(writer, "set transaction isolation level " + isolation);
            run(writer, "insert into turning values (1, 'before')");
            rotate();
            run(writer, "insert into turning values (2, 'after'); update turning set v = 'again' where id = 1");
            rotate();
            run(writer, "delete from turning where id = 2");
            writer.commit();
        }

        assertThat(read()).containsExactly("I 1 before", "I 2 after", "U 1 again", "D 2 after");
    }

    @Test
    void eventsGoToTheTableThatIsCurrent() {
        database.execute("insert into turning values (1, 'x')");
        var before = tableOfLastEvent();
        read();
        rotate();
        database.execute("update turning set v = 'y'");

        assertThat(tableOfLastEvent())
                .isNotEqualTo(before)
                .isEqualTo(database.value("select pgq.current_event_table('q')"));
    }

    private static String tableOfLastEvent() {
        return database.value(
                "select tableoid::regclass::text from pgq.event_template where ev_extra1 = 'public.turning' order by ev_id desc limit 1");
    }

    private static void rotate() {
        database.execute(
                "update pgq.queue set queue_rotation_period = '0', queue_switch_time = now() - interval '1 hour'");
        database.execute("select pgq.maint_rotate_tables_step1('q')");
        database.execute("select pgq.maint_rotate_tables_step2()");
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> read() {
        database.execute("select pgq_client.tick_now('q')");
        var all = new ArrayList<String>();
        Long batch;
        while ((batch = database.value("select pgq.next_batch('q', 'reader')")) != null) {
            database.rows("""
                            select left(ev_type, 1) || ' ' || (ev_data::json ->> 'id') || ' ' || (ev_data::json ->> 'v') as change
                            from pgq.get_batch_events(?) where ev_extra1 = 'public.turning' and ev_type <> 'T' order by ev_id
                            """, batch).forEach(row -> all.add((String) row.get("change")));
            database.rows("select pgq.finish_batch(?)", batch);
        }
        return all;
    }
}
