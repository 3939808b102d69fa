package dev.londiste.replication.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.TxidSnapshot;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tables whose rows were loaded by other means, under a snapshot of the provider. */
@Timeout(120)
class ExpectSyncIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private Shop shop;

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
        shop.onBoth("create table $s.t (id int primary key, name text)").addToProvider("t");
    }

    private AddOptions loadedUnder(String snapshot) {
        return new AddOptions(false, true, false, null, AttributeChanges.NONE, TxidSnapshot.parse(snapshot));
    }

    private Subscriber admin() {
        try (var replay = shop.replay()) {
            return new Subscriber(replay.job());
        }
    }

    /** As pg_dump with this snapshot would load it. */
    private String loadUnderSnapshot() throws Exception {
        try (var dump = provider.connect();
                var open = provider.connect();
                var statement = dump.createStatement();
                var pending = open.createStatement()) {
            pending.execute(shop.sql("begin; insert into $s.t values (3, 'in progress at the snapshot')"));
            statement.execute("begin isolation level repeatable read");
            String snapshot;
            try (var row = statement.executeQuery("select txid_current_snapshot()::text")) {
                row.next();
                snapshot = row.getString(1);
            }
            shop.onProvider("insert into $s.t values (2, 'after the snapshot'); delete from $s.t where id = 0");
            pending.execute("commit");
            shop.forceTick();
            try (var rows = statement.executeQuery(shop.sql("select id, name from $s.t"))) {
                while (rows.next()) {
                    subscriber.rows(
                            shop.sql("insert into $s.t values (?, ?) returning 1"), rows.getInt(1), rows.getString(2));
                }
            }
            return snapshot;
        }
    }

    @Test
    void whatTheSnapshotHasIsSkippedAndTheRestIsApplied() throws Exception {
        shop.onProvider("insert into $s.t values (0, 'x'), (1, 'before the snapshot')");
        shop.forceTick();
        var snapshot = loadUnderSnapshot();
        admin().add(TablePatterns.of(shop.table("t")), loadedUnder(snapshot));
        assertThat(shop.state("t")).isEqualTo("ok");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThat(shop.isEqual("t")).isTrue();
            assertThat(shop.content(subscriber, "t")).hasSize(3);
            assertThat(replay.lastError()).isNull();
        }
        assertThat(shop.registration("t").get("copy_began_at")).isNull();
    }

    @Test
    void snapshotBeforeTheRegistrationOfTheTableIsRefused() {
        var snapshot = provider.<String>value("select txid_current_snapshot()::text");
        shop.onBoth("create table $s.late (id int primary key)").addToProvider("late");
        assertThatThrownBy(() -> admin().add(TablePatterns.of(shop.table("late")), loadedUnder(snapshot)))
                .isInstanceOfSatisfying(
                        PgqException.class, e -> assertThat(e.table()).isEqualTo(shop.table("late")))
                .hasMessageContaining("take the snapshot after PROVIDER_ADD");
        requireNothingLeft();
    }

    @Test
    void tableThatIsRefusedLeavesNoConsumerThatWouldKeepEvents() {
        shop.onSubscriber("alter table $s.t drop column name");
        assertThatThrownBy(
                        () -> admin().add(TablePatterns.of(shop.table("t")), new AddOptions(false, true, false, null)))
                .hasMessageContaining("differs from the provider's");
        requireNothingLeft();
    }

    private void requireNothingLeft() {
        assertThat(provider.rows("select from pgq.get_consumer_info(?)", shop.queue()))
                .isEmpty();
        assertThat(shop.position()).isNull();
    }

    @Test
    void snapshotThatTheJobHasPassedIsRefused() {
        var snapshot = provider.<String>value("select txid_current_snapshot()::text");
        shop.onProvider("insert into $s.t values (1, 'x')").onBoth("create table $s.other (id int primary key)");
        shop.add("other");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThat(replay.lastError()).isNull();
        }
        assertThatThrownBy(() -> admin().add(TablePatterns.of(shop.table("t")), loadedUnder(snapshot)))
                .isInstanceOfSatisfying(
                        PgqException.class, e -> assertThat(e.sqlState()).isEqualTo("LD009"))
                .hasMessageContaining("which is not before the snapshot " + snapshot);
    }

    @Test
    void snapshotThatTheJobPassesWhileTheTableIsAddedIsRefused() throws Exception {
        shop.onBoth("create table $s.other (id int primary key)").add("other");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThat(replay.lastError()).isNull();
        }
        var snapshot = provider.<String>value("select txid_current_snapshot()::text");
        shop.onProvider("insert into $s.t values (1, 'after the snapshot')");
        long tick = shop.forceTick();
        var admin = admin();
        try (var inTheWay = provider.connect();
                var lock = inTheWay.createStatement()) {
            lock.execute("begin; lock table londiste.provider_table");
            var adding = CompletableFuture.supplyAsync(
                    () -> admin.add(TablePatterns.of(shop.table("t")), loadedUnder(snapshot)));
            Shop.await()
                    .until(() -> !provider.rows("select from pg_locks where not granted and relation ="
                                    + " 'londiste.provider_table'::regclass")
                            .isEmpty());
            try (var replay = shop.replay().start()) {
                Shop.await().until(() -> shop.hasApplied(tick));
                assertThat(replay.lastError()).isNull();
            }
            lock.execute("rollback");
            assertThatThrownBy(adding::get).hasMessageContaining("which is not before the snapshot " + snapshot);
        }
        assertThat(subscriber.rows("select from londiste.subscriber_table where table_name = ?", shop.table("t")))
                .isEmpty();
    }

    @Test
    void snapshotWithoutExpectSyncIsRefused() {
        assertThatThrownBy(() ->
                        new AddOptions(false, false, false, null, AttributeChanges.NONE, TxidSnapshot.parse("1:1:")))
                .hasMessageContaining("needs expectSync");
    }
}
