package dev.londiste.replication.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.replication.admin.AddOptions;
import dev.londiste.replication.admin.AttributeChanges;
import dev.londiste.replication.admin.Subscriber;
import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.sync.TableState;
import dev.londiste.replication.testing.ReplayLoop;
import dev.londiste.replication.testing.Shop;
import dev.londiste.replication.testing.WriteLoad;
import dev.londiste.replication.verify.VerificationProgress.Phase;
import dev.londiste.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(120)
class CompareIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private Shop shop;
    private Verified verified;
    private ReplayLoop replay;

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
        verified = new Verified(shop);
        shop.onProvider("create table $s.t (id int primary key, value int, note text)")
                .onSubscriber("create table $s.t (note text, more int default 1, id int primary key, value int)")
                .onProvider("insert into $s.t select i, 0, 'x' from generate_series(1, 1000) i")
                .add("t");
        replay = shop.replay().start();
        shop.awaitSync();
    }

    @AfterEach
    void tearDown() {
        replay.close();
        verified.close();
    }

    @Test
    void C39_bothSidesAreComparedAtOnePositionBesideWritersAndReplay() throws Exception {
        try (var load = new WriteLoad(shop, "t").start()) {
            for (boolean checksum : new boolean[] {false, true}) {
                load.awaitMore(5);
                assertThat(verified.comparison(VerificationListener.NONE).compare(TablePatterns.of(), checksum, false))
                        .hasSize(1)
                        .allMatch(row -> row.get("equal").equals(true));
            }
            load.stop();
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void aQueryOfTheCallersIsAskedOfBothSides() {
        shop.onSubscriber("update $s.t set value = 5 where id = 500");
        var comparison = verified.comparison(VerificationListener.NONE);
        assertThat(comparison.compareBy(
                        "select sum(value) as total, '?' as mark from _TABLE_", verified.tables("t"), false))
                .containsExactly(Map.of(
                        "table_name",
                        shop.table("t"),
                        "provider_answer",
                        Map.of("total", 0L, "mark", "?"),
                        "subscriber_answer",
                        Map.of("total", 5L, "mark", "?"),
                        "equal",
                        false));
        assertThat(comparison.compareBy("select count(1) as cnt from only _TABLE_", verified.tables("t"), false))
                .singleElement()
                .satisfies(row -> assertThat(row).containsEntry("equal", true));
        assertThatThrownBy(
                        () -> comparison.compareBy("select 1 from _TABLE_ where id < 0", verified.tables("t"), false))
                .hasMessageContaining("answers no row");
    }

    @Test
    void theNumberOfRowsIsComparedUnlessChecksumsAreAskedFor() {
        shop.onSubscriber("update $s.t set note = 'spoiled' where id = 500");
        assertThat(verified.comparison(VerificationListener.NONE).compare(verified.tables("t"), false, false))
                .containsExactly(Map.of(
                        "table_name",
                        shop.table("t"),
                        "provider_rows",
                        1000L,
                        "subscriber_rows",
                        1000L,
                        "equal",
                        true));
        shop.onSubscriber("delete from $s.t where id = 500");
        assertThat(verified.comparison(VerificationListener.NONE)
                        .compare(verified.tables("t"), false, false)
                        .get(0))
                .containsEntry("equal", false)
                .containsEntry("subscriber_rows", 999L);
    }

    @Test
    void rowsThatDifferAreNamedByTheirKeys() {
        shop.onSubscriber("update $s.t set note = null where id = 500")
                .onSubscriber("delete from $s.t where id in (7, 8)")
                .onSubscriber("insert into $s.t (id) values (2000)");
        var result = verified.compare("t");
        assertThat(result)
                .containsEntry("equal", false)
                .containsEntry("missing_rows", 2L)
                .containsEntry("extra_rows", 1L)
                .containsEntry("changed_rows", 1L);
        assertThat(Verified.differences(result)).containsExactly("changed 500", "extra 2000", "missing 7", "missing 8");
    }

    @Test
    void emptyTextAndNullAndTextsThatRunIntoEachOtherDiffer() {
        shop.onBoth("create table $s.texts (id int primary key, a text, b text)")
                .onProvider("insert into $s.texts values (1, '', 'x'), (2, 'a,b', 'c'), (3, null, '')")
                .add("texts");
        shop.awaitSync();
        assertThat(verified.compare("texts")).containsEntry("equal", true);
        shop.onSubscriber("update $s.texts set a = null where id = 1")
                .onSubscriber("update $s.texts set a = 'a', b = 'b,c' where id = 2")
                .onSubscriber("update $s.texts set a = '', b = null where id = 3");
        assertThat(Verified.differences(verified.compare("texts")))
                .containsExactly("changed 1", "changed 2", "changed 3");
    }

    @Test
    void keysOfAnyTypeAndOrderAreComparedWhateverTheirCollation() {
        shop.onProvider(
                        "create table $s.k (a text collate \"C\", b numeric, c timestamptz, v int, primary key (a, b, c))")
                .onSubscriber(
                        "create table $s.k (v int, c timestamptz, b numeric(10, 2), a varchar collate \"ucs_basic\","
                                + " primary key (c, b, a))")
                .onProvider(
                        "insert into $s.k select chr(30 + i) || 'ä' || i, i / 4.0, 'epoch'::timestamptz + i * '1 h'::interval,"
                                + " i from generate_series(10, 999) i")
                .addToProvider("k");
        new Subscriber(verified.job()).add(verified.tables("k"), new AddOptions(true, false, false, null));
        shop.awaitSync();
        assertThat(verified.compare("k")).containsEntry("equal", true).containsEntry("provider_rows", 990L);
        shop.onSubscriber("update $s.k set v = 0 where v = 55");
        assertThat(Verified.differences(verified.compare("k"))).hasSize(1);
    }

    @Test
    void filterMaskColumnListAndOtherNameAreObeyed() {
        shop.onProvider("create table $s.people (id int primary key, name text, salary int, secret text)")
                .onSubscriber("create table $s.masked (salary bigint, name varchar(40), id int primary key)")
                .onProvider("insert into $s.people select i, 'name ' || i, i * 10, 's' from generate_series(1, 100) i")
                .addToProvider("people");
        var attributes = new AttributeChanges(
                "salary > 500", List.of("id", "name", "salary"), Map.of("name", "left(name, 5) || '***'"), null, null);
        new Subscriber(verified.job())
                .add(verified.tables("people"), new AddOptions(true, false, false, shop.table("masked"), attributes));
        Shop.await().until(() -> shop.state("people").equals("ok"));
        shop.onProvider("update $s.people set salary = 400 where id = 60")
                .onProvider("update $s.people set salary = 600, name = 'other' where id = 10");
        shop.awaitSync();
        assertThat(verified.compare("people"))
                .containsEntry("provider_rows", 50L)
                .containsEntry("subscriber_rows", 50L)
                .containsEntry("equal", true);
        shop.onSubscriber("update $s.masked set name = 'name 70' where id = 70")
                .onSubscriber("insert into $s.masked values (100, 'name ***', 11)");
        assertThat(Verified.differences(verified.compare("people"))).containsExactly("changed 70", "extra 11");
    }

    @Test
    void partitionsAreComparedWithAPlainTableAndChildrenByInheritanceAreLeftOut() {
        shop.onProvider("create table $s.p (id int primary key, v int) partition by range (id)")
                .onProvider("create table $s.p1 partition of $s.p for values from (0) to (50)")
                .onProvider("create table $s.p2 partition of $s.p for values from (50) to (200)")
                .onSubscriber("create table $s.p (id int primary key, v int)")
                .onSubscriber("create table $s.child () inherits ($s.p)")
                .onSubscriber("insert into $s.child values (1000, 1)")
                .onProvider("insert into $s.p select i, i from generate_series(1, 100) i")
                .add("p");
        shop.awaitSync();
        assertThat(verified.compare("p")).containsEntry("equal", true).containsEntry("subscriber_rows", 100L);
        shop.onSubscriber("update only $s.p set v = 0 where id = 51");
        assertThat(Verified.differences(verified.compare("p"))).containsExactly("changed 51");
    }

    @Test
    void progressIsToldFromTheFirstRowToTheLast() {
        var told = new ArrayList<VerificationProgress>();
        shop.onSubscriber("delete from $s.t where id = 1");
        verified.comparison(told::add).compare(verified.tables("t"), true, false);
        assertThat(told)
                .extracting(VerificationProgress::phase)
                .startsWith(Phase.SYNCING)
                .contains(Phase.COMPARING, Phase.LOCATING)
                .endsWith(Phase.DONE);
        assertThat(told.get(told.size() - 1))
                .isEqualTo(new VerificationProgress(shop.job(), shop.table("t"), Phase.DONE, 1999, 1999, 1, 0));
    }

    @Test
    void C39_lockIsReleasedWhenTheReplayDoesNotCatchUp() {
        replay.close();
        try (var impatient = new Verified(shop, Duration.ofMillis(300))) {
            assertThatThrownBy(() ->
                            impatient.comparison(VerificationListener.NONE).compare(TablePatterns.of(), false, true))
                    .hasMessageContaining("the replay did not catch up: the lock is released, nothing was compared");
        }
        shop.onProvider("insert into $s.t values (5000, 1, 'not blocked')");
    }

    @Test
    void withoutForceNothingIsLockedWhileTheReplayDoesNotRun() throws Exception {
        replay.close();
        try (var impatient = new Verified(shop, Duration.ofMillis(300));
                var writer = provider.connect();
                var statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute(shop.sql("insert into $s.t values (5000, 1, 'would have to be waited for')"));
            assertThatThrownBy(() ->
                            impatient.comparison(VerificationListener.NONE).compare(TablePatterns.of(), false, false))
                    .hasMessageContaining("it does not run, or it lags");
        }
    }

    @Test
    void C39_timeRunsFromTheRequestOfTheLock() throws Exception {
        try (var impatient = new Verified(shop, Duration.ofMillis(300));
                var writer = provider.connect();
                var statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute(shop.sql("insert into $s.t values (5000, 1, 'open')"));
            assertThatThrownBy(() ->
                            impatient.comparison(VerificationListener.NONE).compare(TablePatterns.of(), false, true))
                    .hasMessageContaining("could not be locked within 300 ms");
        }
    }

    @Test
    void C39_timeRunsFromTheRequestOfTheFirstOfManyLocks() throws Exception {
        shop.onBoth("create table $s.p (id int primary key) partition by range (id)")
                .onBoth("create table $s.p1 partition of $s.p for values from (0) to (10)")
                .onBoth("create table $s.p2 partition of $s.p for values from (10) to (20)")
                .add("p");
        shop.awaitSync();
        try (var impatient = new Verified(shop, Duration.ofSeconds(4));
                var first = provider.connect();
                var firstWriter = first.createStatement();
                var second = provider.connect();
                var secondWriter = second.createStatement()) {
            firstWriter.execute(shop.sql("begin; insert into $s.p1 values (1)"));
            secondWriter.execute(shop.sql("begin; insert into $s.p2 values (11)"));
            long start = System.nanoTime();
            var comparing = CompletableFuture.supplyAsync(
                    () -> impatient.comparison(VerificationListener.NONE).compare(impatient.tables("p"), false, true));
            Shop.await().pollDelay(Duration.ofSeconds(3)).until(() -> isWaitedFor("p1"));
            firstWriter.execute("commit");
            assertThatThrownBy(comparing::get)
                    .hasMessageContaining("could not be locked within 4000 ms: a transaction still writes to it");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(6));
        }
    }

    private boolean isWaitedFor(String table) {
        return !provider.rows("select from pg_locks where not granted and relation = ?::regclass", shop.table(table))
                .isEmpty();
    }

    @Test
    void C39_whatCommitsWhileTheLockIsWaitedForIsAwaited() throws Exception {
        try (var writing = provider.connect();
                var writer = writing.createStatement();
                var holding = subscriber.connect();
                var holder = holding.createStatement()) {
            writer.execute(shop.sql("begin; insert into $s.t values (5000, 1, 'late')"));
            var comparing = CompletableFuture.supplyAsync(() -> verified.compare("t"));
            Shop.await().until(() -> isWaitedFor("t"));
            holder.execute(shop.sql("begin; lock table $s.t in share row exclusive mode"));
            writer.execute("commit");
            Shop.await().during(Duration.ofSeconds(1)).until(() -> !comparing.isDone());
            holder.execute("rollback");
            assertThat(comparing.get()).containsEntry("equal", true).containsEntry("subscriber_rows", 1001L);
        }
    }

    @Test
    void C39_serverItselfReleasesTheLockOfAComparisonThatHangs() throws SQLException {
        var table = new SubscriberTable(1, shop.table("t"), shop.table("t"), TableState.OK, null, 0, false, null);
        try (var impatient = new Verified(shop, Duration.ofMillis(300))) {
            var lock = ProviderLock.request(impatient.job(), table);
            // Waits behind the lock, which nobody releases.
            shop.onProvider("insert into $s.t values (5000, 1, 'not blocked')");
            assertThatThrownBy(lock::requireHeld).hasMessageContaining("the server released the lock");
            lock.close();
        }
    }

    @Test
    void C39_positionOfAnotherProviderIsNoPosition() {
        replay.close();
        subscriber.execute(
                "update londiste.completed set last_tick_id = last_tick_id + 1000000, last_tick_snapshot = '1:1:'"
                        + " where consumer_id = '" + shop.job() + "'");
        assertThatThrownBy(() -> verified.compare("t"))
                .hasMessageContaining("the provider is not the one that the job followed");
    }

    @Test
    void wrongInputIsOneSentence() {
        assertThatThrownBy(() -> verified.compare("nothing"))
                .hasMessageContaining("is not registered on the subscriber");
        assertThatThrownBy(() -> verified.compare("nothing*")).hasMessageContaining("Nothing matches");
        shop.onBoth("create table $s.fresh (id int primary key)").addToProvider("fresh");
        replay.close();
        shop.addToSubscriber("fresh");
        assertThatThrownBy(() -> verified.compare("fresh")).hasMessageContaining("is NEW, not in sync");
        subscriber.execute("update londiste.subscriber_table set merge_state = 'ok', parked_reason = 'why'"
                + " where table_name = '" + shop.table("fresh") + "'");
        assertThatThrownBy(() -> verified.compare("fresh")).hasMessageContaining("is parked, not in sync");
    }

    @Test
    void tableThatSharesItsTargetWithAnotherIsRefused() {
        shop.onProvider("create table $s.a (id int primary key, value int, note text)")
                .addToProvider("a");
        // Earlier versions let it be added so.
        subscriber.execute("insert into londiste.subscriber_table (queue_name, table_name, dest_table, merge_state)"
                + shop.sql(" values ('" + shop.queue() + "', '$s.a', '$s.t', 'ok')"));
        assertThatThrownBy(() -> verified.compare("a")).hasMessageContaining("beside another table");
    }
}
