package dev.londiste.replication.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.BatchLeftException;
import dev.londiste.pgq.BatchParticipant.Stance;
import dev.londiste.pgq.Event;
import dev.londiste.pgq.LostPositionException;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.replication.admin.JobRegistration;
import dev.londiste.replication.source.TableAppliers;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(120)
class PositionIT {

    private static final String CUT_LOCK_CONNECTION =
            "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted"
                    + " and database = (select oid from pg_database where datname = current_database())";

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private Shop shop;

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
        shop.onBoth("create table $s.t (id int primary key, name text)").add("t");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void C17_nodeThatLostItsLockInMidBatchCannotCommit() {
        shop.onProvider("insert into $s.t values (1, 'x')").forceTick();
        try (var node = shop.replay()) {
            var batch = node.next();
            assertThat(node.replay().begin(batch)).isEqualTo(Stance.ACTIVE);
            node.accept(batch);
            subscriber.rows(CUT_LOCK_CONNECTION);
            assertThatThrownBy(() -> node.replay().commit(batch)).hasMessageContaining("lost its lock");
            node.replay().rollback(batch, null);
        }
        assertThat(shop.content(subscriber, "t")).isEmpty();
        replayTheRest();
    }

    @Test
    void C17_nodeThatTakesOverWaitsForTheOpenBatchAndFencesTheOldOne() {
        shop.onProvider("insert into $s.t values (1, 'x')").forceTick();
        try (var old = shop.replay();
                var young = shop.replay()) {
            var batch = old.next();
            assertThat(old.replay().begin(batch)).isEqualTo(Stance.ACTIVE);
            old.accept(batch);
            assertThat(young.replay().begin(batch)).as("lock of the job").isEqualTo(Stance.STANDING_BY);
            subscriber.rows(CUT_LOCK_CONNECTION);
            assertThat(young.replay().begin(batch)).as("lock of the position").isEqualTo(Stance.STANDING_BY);
            // The old node hangs; the server notices that its connection is gone.
            subscriber.rows("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
                    + " and state = 'idle in transaction'");
            Shop.await().pollInSameThread().until(() -> young.replay().begin(batch) == Stance.ACTIVE);
            young.accept(batch);
            young.replay().commit(batch);
            assertThatThrownBy(() -> old.replay().commit(batch)).isInstanceOf(PgqException.class);
            assertThat(young.replay().begin(batch)).isEqualTo(Stance.ALREADY_APPLIED);
        }
        replayTheRest();
    }

    @Test
    void C17_stateIsChangedOnlyFromTheStateAndAttemptThatWereRead() {
        shop.onBoth("create table $s.u (id int primary key)").add("u");
        var job = shop.replay().job();
        var states = new TableStates(job);
        var jdbc = new Jdbc(job.subscriber());
        var read = jdbc.inTransaction(states::all).stream()
                .filter(table -> table.name().equals(shop.table("u")))
                .findFirst()
                .orElseThrow();
        var begun = jdbc.inTransaction(session -> states.beginCopy(session, read));
        assertThat(begun.attempt()).isGreaterThan(read.attempt());
        assertThatThrownBy(() -> jdbc.inTransaction(session -> states.beginCopy(session, read)))
                .isInstanceOfSatisfying(
                        PgqException.class, e -> assertThat(e.sqlState()).isEqualTo("LD008"));
        assertThatThrownBy(() -> jdbc.inTransaction(
                        session -> states.change(session, read.in(TableState.IN_COPY), TableState.CATCHING_UP)))
                .isInstanceOfSatisfying(
                        PgqException.class, e -> assertThat(e.sqlState()).isEqualTo("LD008"));
    }

    @Test
    void C18_lostRegistrationIsRenewedAtTheVeryTickThatTheSubscriberHas() {
        provider.rows("select pgq.unregister_consumer(?, ?)", shop.queue(), shop.job());
        shop.onProvider("insert into $s.t values (1, 'inserted while nobody was registered')")
                .forceTick();
        replayTheRest();
        assertThat(shop.content(subscriber, "t")).hasSize(1);
    }

    @Test
    void C18_recreatedQueueIsALostPosition() {
        provider.rows("select pgq_client.set_captured(?, false)", shop.queue());
        provider.rows("select pgq.drop_queue(?, true)", shop.queue());
        provider.rows("select pgq.create_queue(?)", shop.queue());
        try (var replay = shop.replay()) {
            assertThatThrownBy(replay::register)
                    .isInstanceOfSatisfying(
                            PgqException.class, e -> assertThat(e.sqlState()).isEqualTo("PQ004"));
        }
        assertThat(shop.state("t")).isEqualTo("ok");
    }

    @Test
    void C18_tablesWithoutAPositionAreALostPosition() {
        subscriber.rows("select londiste.set_last_tick(?, null)", shop.job());
        provider.rows("select pgq.unregister_consumer(?, ?)", shop.queue(), shop.job());
        try (var replay = shop.replay()) {
            assertThatThrownBy(replay::register)
                    .isInstanceOf(LostPositionException.class)
                    .hasMessageContaining("was copied already")
                    .hasMessageContaining("SUBSCRIBER_UNREGISTER");
        }
    }

    @Test
    void C18_registeredConsumerDoesNotReplaceALostPosition() {
        subscriber.rows("select londiste.set_last_tick(?, null)", shop.job());
        shop.forceTick();
        try (var replay = shop.replay()) {
            var batch = replay.next();
            assertThatThrownBy(() -> replay.replay().begin(batch)).isInstanceOf(LostPositionException.class);
        }
    }

    @Test
    void C18_positionThatSomebodyElseGivesTheJobMeanwhileIsWaitedFor() throws Exception {
        try (var adding = subscriber.connect();
                var statement = adding.createStatement()) {
            adding.setAutoCommit(false);
            statement.execute("insert into londiste.completed (consumer_id, last_tick_id) values ('given', 1)");
            var begun = CompletableFuture.supplyAsync(() -> subscriber.<String>value(
                    "select londiste.begin_batch('given', ?, 1, now(), '1:1:', 2, now(), '2:2:')", shop.queue()));
            Shop.await()
                    .until(() -> subscriber.<Long>value("select count(*) from pg_stat_activity"
                                    + " where wait_event_type = 'Lock' and query like '%begin_batch%'")
                            == 1);
            adding.commit();
            assertThat(begun.get(30, TimeUnit.SECONDS)).isEqualTo("active");
        }
    }

    @Test
    void C18_unregisterSetsAllTablesToNew() {
        shop.onProvider("insert into $s.t values (1, 'x')");
        new JobRegistration(shop.replay().job()).unregister();
        assertThat(shop.state("t")).isEqualTo("NEW");
        assertThat(shop.position()).isNull();
        assertThat(provider.rows("select from pgq.get_consumer_info(?)", shop.queue()))
                .isEmpty();
        replayTheRest();
        assertThat(shop.content(subscriber, "t")).hasSize(1);
    }

    @Test
    void C19_sameTickIdOfAnotherProviderIsALostPosition() {
        subscriber.rows(
                "update londiste.completed set last_tick_time = last_tick_time - interval '1 s' where consumer_id = ?"
                        + " returning 1",
                shop.job());
        shop.forceTick();
        try (var replay = shop.replay()) {
            var batch = replay.next();
            assertThatThrownBy(() -> replay.replay().begin(batch))
                    .isInstanceOf(LostPositionException.class)
                    .hasMessageContaining("The provider is not the one that the job followed");
        }
    }

    @Test
    void C19_subscriberThatWasRestoredRewindsTheConsumerByItself() {
        var before = shop.position();
        shop.onProvider("insert into $s.t values (1, 'x')");
        replayTheRest();
        // Back to the backup: the row is gone, and the position is the old one.
        shop.onSubscriber("delete from $s.t");
        subscriber.rows(
                "update londiste.completed set last_tick_id = ?, last_tick_time = ?, last_tick_snapshot = ?"
                        + " where consumer_id = ? returning 1",
                before.get("last_tick_id"),
                before.get("last_tick_time"),
                before.get("last_tick_snapshot"),
                shop.job());
        replayTheRest();
        assertThat(shop.content(subscriber, "t")).hasSize(1);
    }

    @Test
    void C19_providerThatForgotWhereTheConsumerStoodMovesItThereByItself() {
        var before = shop.position();
        shop.onProvider("insert into $s.t values (1, 'x')").forceTick();
        shop.forceTick();
        shop.forceTick();
        replayTheRest();
        provider.rows("select pgq.register_consumer_at(?, ?, ?)", shop.queue(), shop.job(), before.get("last_tick_id"));
        shop.onProvider("insert into $s.t values (2, 'x')");
        replayTheRest();
        assertThat(shop.content(subscriber, "t")).hasSize(2);
    }

    @Test
    void C21_eventsOfABatchThatComesAgainForAnotherParticipantArePassedOver() {
        shop.onProvider("insert into $s.t values (1, 'x')").forceTick();
        try (var node = shop.replay()) {
            var batch = node.next();
            assertThat(node.replay().begin(batch)).isEqualTo(Stance.ACTIVE);
            node.accept(batch);
            node.replay().commit(batch);
            assertThat(node.replay().begin(batch)).isEqualTo(Stance.ALREADY_APPLIED);
            node.accept(batch);
        }
        assertThat(shop.content(subscriber, "t")).hasSize(1);
    }

    @Test
    void transactionOfABatchThatCouldNotBeginIsNotLeftOpen() {
        shop.onProvider("insert into $s.t values (1, 'x')").forceTick();
        try (var node = shop.replay();
                var broken = withoutCopies(node.job())) {
            var batch = node.next();
            assertThatThrownBy(() -> broken.begin(batch)).hasMessage("no thread for copies");
            assertThat(subscriber.<Long>value("select count(*) from pg_stat_activity"
                            + " where datname = current_database() and state like 'idle in transaction%'"))
                    .isZero();
        }
        replayTheRest();
    }

    private static Replay withoutCopies(Job job) {
        var copies = new CopySupervisor() {
            @Override
            public void supervise(List<SubscriberTable> tables) {
                throw new IllegalStateException("no thread for copies");
            }

            @Override
            public void stop(Collection<Integer> tables) {}

            @Override
            public void stop() {}
        };
        var clock = Clock.systemUTC();
        var foreignKeys = new ForeignKeyRestorer(job, Executors.newCachedThreadPool(), clock);
        return new Replay(job, new TableAppliers(job), copies, foreignKeys, Mirror.NONE, false, clock);
    }

    @Test
    void batchThatIsLeftForLaterIsNoFailure() {
        shop.onProvider("insert into $s.t values (1, 'x')").forceTick();
        try (var node = shop.replay()) {
            var batch = node.next();
            assertThat(node.replay().begin(batch)).isEqualTo(Stance.ACTIVE);
            node.replay().rollback(batch, new BatchLeftException("The route is being stopped", Facts.of(batch)));
            assertThat(node.replay().statistics().snapshot().failures()).isZero();
            assertThat(node.replay().statistics().snapshot().lastError()).isNull();
        }
        replayTheRest();
    }

    @Test
    void eventOfAnotherBatchIsRefused() {
        shop.onProvider("insert into $s.t values (1, 'x')").forceTick();
        try (var node = shop.replay()) {
            var batch = node.next();
            assertThat(node.replay().begin(batch)).isEqualTo(Stance.ACTIVE);
            var late = new Event(1, Instant.EPOCH, 1, 0, "I:id", "{\"id\":7}", shop.table("t"), null, null, null);
            assertThatThrownBy(() -> node.replay().accept(batch.id() - 1, late))
                    .hasMessageContaining("but the open batch is " + batch.id());
            node.accept(batch);
            node.replay().commit(batch);
        }
        replayTheRest();
    }

    @Test
    void batchOfAnotherConsumerIsRefused() {
        shop.forceTick();
        var other = new Shop(provider, subscriber).create();
        other.forceTick();
        try (var replay = shop.replay();
                var otherReplay = other.replay()) {
            otherReplay.register();
            other.forceTick();
            var batch = otherReplay.next();
            assertThatThrownBy(() -> replay.replay().begin(batch))
                    .hasMessageContaining("follows queue " + shop.queue())
                    .hasMessageContaining(other.queue());
        }
    }

    private void replayTheRest() {
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThat(shop.isEqual("t")).isTrue();
            assertThat(replay.lastError()).isNull();
        }
    }
}
