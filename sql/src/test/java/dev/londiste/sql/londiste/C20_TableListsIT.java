package dev.londiste.sql.londiste;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.londiste.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class C20_TableListsIT {

    @RegisterExtension
    static final TestDatabase database = Captured.provider();

    @BeforeEach
    void createTables() {
        database.execute("""
                drop table if exists one, two; create table one (id int primary key); create table two (id int primary key);
                delete from londiste.provider_table
                """);
    }

    @Test
    void twoAddsAtOncePublishOneListAfterTheOther() throws Exception {
        try (var first = database.connect()) {
            first.setAutoCommit(false);
            add(first, "one");
            var second = CompletableFuture.runAsync(() -> {
                try (var connection = database.connect()) {
                    add(connection, "two");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            awaitWaiting();
            first.commit();
            second.get();
        }

        assertThat(lists()).extracting(event -> event.get("ev_data")).endsWith("public.one", "public.one,public.two");
    }

    @Test
    void aListThatIsPublishedBesideAnAddWaitsForIt() throws Exception {
        try (var adding = database.connect()) {
            adding.setAutoCommit(false);
            add(adding, "one");
            var notifying =
                    CompletableFuture.runAsync(() -> database.execute("select londiste.provider_notify_change('q')"));
            awaitWaiting();
            adding.commit();
            notifying.get();
        }

        assertThat(lists()).extracting(event -> event.get("ev_data")).endsWith("public.one", "public.one");
    }

    @Test
    void aRemovalNamesTheTable() {
        database.execute(
                "select londiste.provider_add_table('q', 'one'); select londiste.provider_add_table('q', 'two')");
        database.execute("select londiste.provider_remove_table('q', 'one')");

        var last = lists().get(lists().size() - 1);
        assertThat(last).containsEntry("ev_data", "public.two").containsEntry("ev_extra1", "public.one");
        assertThat(database.rows("select * from pg_trigger where tgrelid = 'one'::regclass"))
                .isEmpty();
        Captured.assertSqlState("LD004", () -> database.execute("select londiste.provider_remove_table('q', 'one')"));
    }

    @Test
    void aDroppedTableCanBeRemoved() {
        database.execute("select londiste.provider_add_table('q', 'one'); drop table one");
        database.execute("select londiste.provider_remove_table('q', 'one')");

        assertThat(lists().get(lists().size() - 1)).containsEntry("ev_extra1", "public.one");
    }

    @Test
    void anAddThatWaitsForAWriterDoesNotHoldTheQueue() throws Exception {
        try (var writer = database.connect();
                var statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("insert into one values (1)");
            var adding = CompletableFuture.runAsync(
                    () -> database.execute("select londiste.provider_add_table('q', 'one')"));
            awaitWaiting();
            database.execute(
                    "set lock_timeout = '5s'; select queue_id from pgq.queue where queue_name = 'q' for update");
            writer.commit();
            adding.get();
        }
    }

    private static void add(Connection connection, String table) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("select londiste.provider_add_table('q', '" + table + "')");
        }
    }

    private static void awaitWaiting() {
        await().atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> database.<Boolean>value("""
                        select exists (select from pg_stat_activity
                                        where datname = current_database() and wait_event_type = 'Lock')
                        """));
    }

    private static List<Map<String, Object>> lists() {
        return database.rows("select ev_data, ev_extra1 from pgq.event_template where ev_type = 'T' order by ev_id");
    }
}
