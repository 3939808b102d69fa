package dev.londiste.replication.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Rows that were there before a consumer came. */
@Timeout(60)
class ResendIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    private final Resend resend = new Resend(provider.dataSource(), "q", Duration.ofSeconds(5));

    @BeforeAll
    static void table() {
        provider.execute(
                "create table a (id int primary key, v text); insert into a select i, 'x' from generate_series(1, 2500) i");
        provider.execute("select pgq.create_queue('q'); select londiste.provider_add_table('q', 'public.a')");
        provider.execute("select pgq.register_consumer('q', 'late'); select pgq.register_consumer('q', 'other')");
    }

    /** How many events the next batch of a consumer has, and which keys are in them. */
    private static String received(String consumer) {
        provider.execute("select pgq_client.tick_now('q')");
        long batch = provider.<Long>value("select pgq.next_batch('q', ?)", consumer);
        String events = provider.value(
                "select count(*) || ' of ' || coalesce(min((ev_data::json ->> 'id')::int), 0) || ' to '"
                        + " || coalesce(max((ev_data::json ->> 'id')::int), 0) from pgq.get_batch_events(?)"
                        + " where ev_type = 'I:id'",
                batch);
        provider.rows("select pgq.finish_batch(?)", batch);
        return events;
    }

    @Test
    void oneConsumerGetsTheRowsInChunksAndCanGoOnAfterAKey() {
        var first = resend.send("late", "public.a", "id <= 1500", null, 0);
        assertThat(first).containsEntry("rows_sent", 1500L);
        assertThat(first.get("last_key").toString()).contains("1500");
        var rest = resend.send("late", "public.a", null, first.get("last_key").toString(), 5_000);
        assertThat(rest).containsEntry("rows_sent", 1000L);
        assertThat(received("late")).isEqualTo("1500 of 1 to 1500");
        assertThat(received("late")).isEqualTo("1000 of 1501 to 2500");
        assertThat(received("other")).isEqualTo("0 of 0 to 0");
    }

    @Test
    void chunkWhoseKeysMoveFarAheadWhileItWaitsEndsWhereItWouldHave() throws Exception {
        provider.execute("create table moved (id int primary key); insert into moved select generate_series(1, 2500);"
                + " select londiste.provider_add_table('q', 'public.moved'), pgq.register_consumer('q', 'mover')");
        try (var writer = provider.connect();
                var statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("update moved set id = id + 1000000 where id <= 1000");
            var sending = CompletableFuture.supplyAsync(() -> resend.send("mover", "public.moved", null, null, 0));
            Awaitility.await()
                    .until(() -> !provider.rows("select from pg_stat_activity where datname = current_database()"
                                    + " and wait_event_type = 'Lock' and query like '%resend_rows%'")
                            .isEmpty());
            writer.commit();
            assertThat(sending.get()).containsEntry("rows_sent", 2500L);
        }
        assertThat(received("mover")).isEqualTo("2500 of 1001 to 1001000");
    }

    @Test
    void errorOfALaterChunkNamesTheKeyToGoOnAfter() {
        assertThatThrownBy(() -> resend.send("late", "public.a", "1 / (id - 1200) < 2", "{\"id\": 1000}", 0))
                .hasMessageContainingAll("can go on after", "1000");
        assertThatThrownBy(() -> resend.send("nobody", "public.a", null, null, 0))
                .hasMessageContaining("nobody");
    }
}
