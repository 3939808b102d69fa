package dev.londiste.replication.copy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.replication.testing.Gate;
import dev.londiste.replication.testing.Shop;
import dev.londiste.replication.testing.SwapLoad;
import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The server process that carries a copy dies at the statement that moves it on. The replay goes on with it by itself,
 * and both sides end equal.
 */
@Timeout(180)
class BackendKillIT {

    private static final CopyOptions FINE = new CopyOptions(2, 2, 16 << 10, 0);

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "subscriber_table | new.queue_name = '%1$s' and new.merge_state = 'in-copy' and old.merge_state is null",
                "subscriber_table | new.queue_name = '%1$s' and new.estimated_rows is not null and new.merge_state = 'in-copy'",
                "subscriber_copy_range | new.queue_name = '%1$s' and new.range_nr = 4",
                "subscriber_table | new.queue_name = '%1$s' and new.merge_state = 'catching-up' and old.merge_state = 'in-copy'",
                "completed | new.consumer_id like '%2$s_copy_%%'",
                "subscriber_table | new.queue_name = '%1$s' and new.merge_state like 'wanna-sync%%'",
                "subscriber_table | new.queue_name = '%1$s' and new.merge_state like 'do-sync%%'",
                "subscriber_table | new.queue_name = '%1$s' and new.merge_state = 'ok' and old.merge_state <> 'ok'",
                "completed | new.consumer_id = '%2$s'"
            })
    void serverProcessDiesAtTheStatementThatMovesTheTable(String table, String moment) {
        var shop = new Shop(provider, subscriber).create();
        shop.onBoth("create table $s.t (id int primary key, code int not null unique, note text)")
                .onProvider("insert into $s.t select 2 * i, i, repeat('x', 20) from generate_series(1, 4000) i")
                .add("t");
        try (var load = new SwapLoad(shop, "t").start();
                var gate = new Gate(subscriber, "londiste." + table, moment.formatted(shop.queue(), shop.job()));
                var replay = shop.replay(FINE).start()) {
            gate.awaitArrival();
            load.awaitMore(20);
            gate.killWaiting();
            gate.open();
            Shop.await().until(shop::isInSync);
            load.stop();
            shop.awaitSync();
            assertThat(shop.isEqual("t")).isTrue();
            assertThat(replay.copies().errors()).isEmpty();
            assertThat(subscriber.rows(shop.sql("select from pg_index where indrelid = '$s.t'::regclass")))
                    .hasSize(2);
        }
    }
}
