package dev.londiste.replication.copy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.pgq.BatchParticipant.Stance;
import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.failed.FailedChanges;
import dev.londiste.replication.testing.Gate;
import dev.londiste.replication.testing.ReplayLoop;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(120)
class HandOverIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private Shop shop;

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
        shop.onBoth("create table $s.t (id int primary key, name text)")
                .onProvider("insert into $s.t select i, 'x' from generate_series(1, 100) i")
                .add("t");
    }

    @Test
    void C24_replayAppliesTheBatchInHandAndTheCopyNoneThatEndsThere() {
        try (var replay = shop.replay()) {
            awaitWannaSync(replay);
            shop.onProvider("insert into $s.t values (101, 'in the batch in hand')")
                    .forceTick();
            pollUntil(replay, () -> shop.state("t").equals("ok"));
            boolean has = shop.content(subscriber, "t").size() == 101;
            var snapshot = shop.registration("t").get("snapshot");
            // Without one, the replay has passed it already with a batch that ended before the row's.
            if (snapshot != null) {
                assertThat(has)
                        .as("the table holds exactly what is visible in its snapshot")
                        .isEqualTo(isVisible("id = 101", snapshot));
            }
            pollUntil(replay, shop::isInSync);
            shop.awaitSyncBy(replay::poll);
            assertThat(shop.isEqual("t")).isTrue();
        }
    }

    /** The gate keeps the replay from answering, so that the table cannot pass the state unseen. */
    private void awaitWannaSync(ReplayLoop replay) {
        var answer = "new.queue_name = '" + shop.queue() + "' and new.merge_state like 'do-sync%'";
        try (var gate = new Gate(subscriber, "londiste.subscriber_table", answer)) {
            pollUntil(replay, () -> shop.state("t").startsWith("wanna-sync"));
            gate.awaitNobody();
        }
    }

    private boolean isVisible(String row, Object snapshot) {
        return provider.<Boolean>value(
                shop.sql("select txid_visible_in_snapshot(xmin::text::bigint, ?::txid_snapshot) from $s.t where ")
                        + row,
                snapshot);
    }

    @Test
    void C24_replayAnswersWithTheEndOfItsBatchAndStandsByUntilTheCopyHasHandedOver() {
        try (var replay = shop.replay()) {
            awaitWannaSync(replay);
            shop.forceTick();
            var batch = replay.next();
            // The copy cannot have handed over yet: it was not asked before this very call.
            assertThat(replay.replay().begin(batch)).isEqualTo(Stance.STANDING_BY);
            assertThat(shop.state("t")).isIn("do-sync:" + batch.tick().id(), "ok");
            Shop.await().until(() -> shop.state("t").equals("ok"));
            assertThat(replay.replay().begin(batch)).isEqualTo(Stance.ACTIVE);
            replay.replay().commit(batch);
        }
    }

    @Test
    void C18_copyThatHasLostItsPositionBeginsAnew() {
        int attempt;
        try (var replay = shop.replay()) {
            awaitWannaSync(replay);
            attempt = (int) shop.registration("t").get("copy_attempt");
        }
        shop.onSubscriber("insert into $s.t values (1000, 'of the old copy')");
        subscriber.rows(
                "update londiste.completed set last_tick_time = last_tick_time - interval '1 s' where consumer_id like ?"
                        + " returning 1",
                shop.job() + "_copy_%");
        provider.rows(
                "select pgq.unregister_consumer(?, consumer_name) from pgq.get_consumer_info(?) where consumer_name like ?",
                shop.queue(),
                shop.queue(),
                shop.job() + "_copy_%");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThat(replay.lastError()).isNull();
        }
        assertThat((int) shop.registration("t").get("copy_attempt")).isGreaterThan(attempt);
        assertThat(shop.isEqual("t")).isTrue();
    }

    @Test
    void C32_changesThatTheCopyKeptAreNotOvertakenByItsLaterBatches() {
        shop.onSubscriber("alter table $s.t add check (name <> 'refused')");
        subscriber.rows(
                "update londiste.subscriber_table set on_failure = 'FAILED_QUEUE' where queue_name = ? returning 1",
                shop.queue());
        try (var replay = shop.replay()) {
            awaitWannaSync(replay);
            copyApplies("update $s.t set name = 'refused' where id = 1");
            copyApplies("update $s.t set name = 'later' where id = 1");
            shop.awaitSyncBy(replay::poll);
            var failed = new FailedChanges(replay.job());
            assertThat(failed.list(TablePatterns.ALL)).hasSize(2);

            shop.onSubscriber("alter table $s.t drop constraint t_name_check");
            failed.retry(TablePatterns.ALL);

            assertThat(shop.isEqual("t")).isTrue();
        }
    }

    /** In a batch of its own, while nothing polls for the replay. */
    private void copyApplies(String change) {
        long tick = shop.onProvider(change).forceTick();
        var copy = copyConsumer();
        Shop.await().until(() -> (Long) shop.position(copy).get("last_tick_id") >= tick);
    }

    private String copyConsumer() {
        return shop.job() + "_copy_" + shop.registration("t").get("nr");
    }

    @Test
    void C24_consumersThatNoTableNeedsAreRemoved() {
        provider.rows("select pgq.register_consumer(?, ?)", shop.queue(), shop.job() + "_copy_999");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            Shop.await()
                    .until(() -> provider.rows(
                                    "select from pgq.get_consumer_info(?) where consumer_name like ?",
                                    shop.queue(),
                                    shop.job() + "_copy_%")
                            .isEmpty());
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    @Timeout(20)
    void C28_idleProviderMakesNoCopyWait() {
        provider.rows("select pgq.set_queue_config(?, 'ticker_idle_period', '1 hour')", shop.queue());
        provider.rows("select pgq.set_queue_config(?, 'ticker_max_lag', '1 hour')", shop.queue());
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThat(replay.lastError()).isNull();
        }
    }

    private void pollUntil(ReplayLoop replay, BooleanSupplier done) {
        Shop.await().pollInterval(Duration.ofMillis(10)).until(() -> {
            if (done.getAsBoolean()) {
                return true;
            }
            replay.poll();
            return done.getAsBoolean();
        });
    }
}
