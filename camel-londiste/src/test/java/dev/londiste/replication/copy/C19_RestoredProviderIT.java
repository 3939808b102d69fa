package dev.londiste.replication.copy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.replication.source.TableAppliers;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.sync.TableStates;
import dev.londiste.replication.testing.Gate;
import dev.londiste.replication.testing.ReplayLoop;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A provider that is restored while a copy is under way, or has failed over, to where it was between the tick that the copy
 * catches up from and the snapshot that it read by: every position is one that the provider has, and the rows are not its.
 */
@Timeout(120)
class C19_RestoredProviderIT {

    private static final CopyOptions FINE = new CopyOptions(1, 2, 16 << 10, 0);

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private final Shop shop = new Shop(provider, subscriber);
    private TestDatabase restored;

    /** The backup has the last tick before the copy; what is written then is lost. */
    @BeforeEach
    void backUp() {
        shop.create()
                .onBoth("create table $s.t (id int primary key, note text)")
                .onProvider("insert into $s.t select 2 * i, repeat('x', 20) from generate_series(1, 4000) i")
                .addToProvider("t");
        provider.rows("select pgq.set_queue_config(?, 'ticker_max_lag', '1 hour')", shop.queue());
        provider.rows("select pgq.set_queue_config(?, 'ticker_idle_period', '1 hour')", shop.queue());
        try (var replay = shop.replay()) {
            replay.register();
            shop.forceTick();
            Shop.await().until(() -> {
                replay.poll();
                return shop.position() != null;
            });
        }
        shop.addToSubscriber("t");
        restored = TestDatabase.on(provider.server(), "template " + provider.name());
        shop.onProvider("insert into $s.t values (1, 'lost'); update $s.t set note = 'lost' where id = 4");
    }

    @AfterEach
    void drop() throws Exception {
        restored.afterAll(null);
    }

    @Test
    void C19_copyThatCatchesUpBeginsAnew() throws Exception {
        copyUntil("londiste.subscriber_table", "new.merge_state like 'wanna-sync%'", CopyOptions.DEFAULT);
        assertThat(shop.state("t")).isEqualTo("catching-up");

        becomesEqualToTheRestored(CopyOptions.DEFAULT);
    }

    @Test
    void C19_rangesThatWereLoadedDoNotCount() throws Exception {
        copyUntil("londiste.subscriber_copy_range", "new.range_nr = 5", FINE);
        assertThat(shop.state("t")).isEqualTo("in-copy");

        becomesEqualToTheRestored(FINE);
    }

    /** The replay of the job is slow meanwhile, and stays where it is. */
    private void copyUntil(String table, String condition, CopyOptions options) throws InterruptedException {
        var job = shop.replay().job();
        var executor = Executors.newCachedThreadPool();
        var copies = new TableCopies(job, new TableAppliers(job), options, executor, Clock.systemUTC());
        try (var gate = new Gate(subscriber, table, "new.queue_name = '" + shop.queue() + "' and " + condition)) {
            Shop.await().until(() -> {
                copies.supervise(tables(job));
                return gate.isWaitedFor();
            });
            gate.killWaiting();
            copies.stop();
            executor.shutdownNow();
            assertThat(executor.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    private static List<SubscriberTable> tables(Job job) {
        return new Jdbc(job.subscriber()).inTransaction(new TableStates(job)::all);
    }

    private void becomesEqualToTheRestored(CopyOptions options) {
        restored.execute(shop.sql("insert into $s.t values (3, 'written to the restored one')"));
        try (var replay = new ReplayLoop(
                        restored.dataSource(), subscriber.dataSource(), shop.queue(), shop.job(), options)
                .start()) {
            Shop.await().until(shop::isInSync);
            long tick = restored.value("select pgq_client.tick_now(?)", shop.queue());
            Shop.await().until(() -> shop.hasApplied(tick));
            assertThat(replay.lastError()).isNull();
        }
        assertThat(shop.checksum(subscriber, "t")).isEqualTo(shop.checksum(restored, "t"));
    }
}
