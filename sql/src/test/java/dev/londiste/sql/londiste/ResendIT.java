package dev.londiste.sql.londiste;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class ResendIT {

    @RegisterExtension
    static final TestDatabase database = Captured.provider();

    private final Captured captured = new Captured(database);

    @BeforeEach
    void createTable() {
        database.execute("""
                select pgq.register_consumer('q', 'one'), pgq.register_consumer('q', 'two');
                drop table if exists stock cascade; delete from londiste.provider_table;
                create table stock (place text, id int, j jsonb, primary key (place, id));
                insert into stock select chr(97 + i % 2), i, 'null' from generate_series(1, 10) i;
                """);
        captured.add("stock");
    }

    @Test
    void chunksInTheOrderOfTheKeyReachEveryRowOnce() {
        int before = captured.events("public.stock").size();
        String last = null;
        var sizes = new ArrayList<Object>();
        Map<String, Object> chunk;
        do {
            chunk = database.rows(
                            "select rows_sent, last_key::text from londiste.resend_rows('q', 'one', 'stock', ?::json, 4)",
                            last)
                    .get(0);
            sizes.add(chunk.get("rows_sent"));
            last = (String) chunk.get("last_key");
        } while (last != null);

        assertThat(sizes).containsExactly(4L, 4L, 2L, 0L);
        var events = captured.events("public.stock");
        assertThat(events.subList(before, events.size()))
                .extracting(event -> event.get("ev_extra4"))
                .containsExactly(
                        "(a,2,null)",
                        "(a,4,null)",
                        "(a,6,null)",
                        "(a,8,null)",
                        "(a,10,null)",
                        "(b,1,null)",
                        "(b,3,null)",
                        "(b,5,null)",
                        "(b,7,null)",
                        "(b,9,null)");
    }

    @Test
    void onlyTheConsumerSeesThem() {
        database.execute("select pgq_client.tick_now('q')");
        read("one");
        read("two");
        database.execute("select * from londiste.resend_rows('q', 'one', 'stock', null, 100, 'id < 3')");
        database.execute("select pgq_client.tick_now('q')");

        assertThat(read("one")).hasSize(2);
        assertThat(read("two")).isEmpty();
    }

    /** Otherwise every chunk would begin anew with the rows of the first alternative. */
    @Test
    void aConditionOfAlternativesLeavesOutWhatWasSent() {
        assertThat(sent("""
                select rows_sent from londiste.resend_rows('q', 'one', 'stock', '{"place": "b", "id": 1}', 100, 'id < 3 or id > 8')
                """)).isEqualTo(1);
    }

    @Test
    void aPartitionedTableIsSentWithItsPartitionsAndAPlainOneWithoutItsChildren() {
        database.execute("""
                drop table if exists parts; create table child () inherits (stock); insert into child values ('a', 99, '1');
                create table parts (id int primary key) partition by list (id); insert into stock values ('c', 1, '1');
                create table parts_1 partition of parts for values in (1); insert into parts_1 values (1)
                """);
        captured.add("parts");

        assertThat(sent("select rows_sent from londiste.resend_rows('q', 'one', 'stock', null, 100)"))
                .isEqualTo(11);
        assertThat(sent("select rows_sent from londiste.resend_rows('q', 'one', 'parts', null, 100)"))
                .isEqualTo(1);
    }

    @Test
    void settingsOfTheSessionChangeNoValue() {
        database.execute("""
                drop table if exists styled;
                create table styled (id int primary key, i interval, b bytea, t timestamptz, f float8, r tstzrange)
                """);
        captured.add("styled");
        database.execute("""
                set timezone = 'UTC'; insert into styled values (1, '-1 day +02:03:04', '\\x00ff', '2026-03-04 05:06:07+00', 0.1::float4, '[2026-03-04 05:06:07+00,]')
                """);
        database.execute("""
                set intervalstyle = 'sql_standard'; set bytea_output = 'escape'; set extra_float_digits = 0;
                set timezone = 'Asia/Tokyo'; select * from londiste.resend_rows('q', 'one', 'styled', null, 10)
                """);

        var events = captured.events("public.styled");
        assertThat(events).hasSize(2);
        assertThat(events.get(1).get("ev_data")).isEqualTo(events.get(0).get("ev_data"));
        assertThat(events.get(1).get("ev_extra4")).isEqualTo(events.get(0).get("ev_extra4"));
    }

    private static long sent(String sql) {
        return database.value(sql);
    }

    private static List<Map<String, Object>> read(String consumer) {
        var all = new ArrayList<Map<String, Object>>();
        Long batch;
        while ((batch = database.value("select pgq.next_batch('q', ?)", consumer)) != null) {
            all.addAll(database.rows("select * from pgq.get_batch_events(?) where ev_type like 'I:%'", batch));
            database.rows("select pgq.finish_batch(?)", batch);
        }
        return all;
    }

    @Test
    void aChangeWaitsForTheChunkAndComesAfterIt() throws Exception {
        int before = captured.events("public.stock").size();
        try (var resend = database.connect();
                var statement = resend.createStatement()) {
            resend.setAutoCommit(false);
            statement.execute("select * from londiste.resend_rows('q', 'one', 'stock', null, 1)");
            var update = CompletableFuture.runAsync(
                    () -> database.execute("update stock set j = '1' where place = 'a' and id = 2"));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> !database.rows(
                                    "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")
                            .isEmpty());
            resend.commit();
            update.get();
        }

        var events = captured.events("public.stock");
        assertThat(events.subList(before, events.size()))
                .extracting(event -> event.get("ev_extra4"))
                .containsExactly("(a,2,null)", "(a,2,1)");
    }

    @Test
    void anUnknownConsumerIsSaid() {
        Captured.assertSqlState(
                "PQ002", () -> database.execute("select * from londiste.resend_rows('q', 'nobody', 'stock', null, 1)"));
    }
}
