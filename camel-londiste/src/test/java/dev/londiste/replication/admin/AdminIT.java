package dev.londiste.replication.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.PgqException;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.ds.PGSimpleDataSource;

@Timeout(120)
class AdminIT {

    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(1);

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase empty = TestDatabase.empty();

    private Shop shop;
    private Provider providerAdmin;
    private Subscriber subscriberAdmin;
    private SubscriberDatabase subscriberDatabase;

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
        shop.onBoth("create table $s.a (id int primary key, v text); create table $s.b (id int primary key)");
        providerAdmin = new Provider(provider.dataSource(), shop.queue(), LOCK_TIMEOUT);
        subscriberAdmin = new Subscriber(job(shop.queue()));
        subscriberDatabase = new SubscriberDatabase(subscriber.dataSource(), shop.queue(), LOCK_TIMEOUT);
    }

    private Job job(String queue) {
        return new Job(shop.job(), queue, shop.job(), provider.dataSource(), subscriber.dataSource(), LOCK_TIMEOUT);
    }

    @Test
    void installingTwiceChangesNothing() {
        var admin = new Provider(empty.dataSource(), "installed", LOCK_TIMEOUT);
        assertThat(admin.install()).extracting(row -> row.get("changed")).containsExactly(true, true);
        assertThat(admin.install()).extracting(row -> row.get("changed")).containsExactly(false, false);
        assertThat(empty.<String>value("select queue_ticker_max_lag::text from pgq.queue"))
                .isEqualTo("00:00:00.05");
    }

    @Test
    void addingTwiceChangesNothing() {
        var tables = TablePatterns.of(shop.table("a"), shop.table("b"));
        assertThat(providerAdmin.add(tables, CaptureOptions.DEFAULT))
                .containsExactly(
                        Map.of("table_name", shop.table("a"), "changed", true),
                        Map.of("table_name", shop.table("b"), "changed", true));
        assertThat(providerAdmin.add(tables, CaptureOptions.DEFAULT))
                .allMatch(row -> row.get("changed").equals(false));
        assertThat(subscriberAdmin.add(tables, AddOptions.DEFAULT))
                .allMatch(row -> row.get("changed").equals(true));
        assertThat(subscriberAdmin.add(tables, AddOptions.DEFAULT))
                .allMatch(row -> row.get("changed").equals(false));
    }

    /** Nobody else ticks here: without a tick of its own each would wait for the next change of the provider. */
    @Test
    void C28_everyChangeOfStateForcesATick() {
        var a = TablePatterns.of(shop.table("a"));
        var scripts = new ProviderScripts(provider.dataSource(), shop.queue(), LOCK_TIMEOUT);
        new JobRegistration(job(shop.queue())).register();
        subscriber.execute(
                "insert into londiste.completed (consumer_id, last_tick_id) values ('" + shop.job() + "', 1)");
        var changes = new LinkedHashMap<String, Supplier<List<Map<String, Object>>>>();
        changes.put("PROVIDER_ADD", () -> providerAdmin.add(a, CaptureOptions.DEFAULT));
        changes.put("SUBSCRIBER_ADD", () -> subscriberAdmin.add(a, AddOptions.DEFAULT));
        changes.put(
                "SUBSCRIBER_SET",
                () -> subscriberAdmin.set(a, new AttributeChanges(null, List.of("id"), null, null, null)));
        changes.put("EXECUTE", () -> scripts.execute("one", shop.sql("comment on table $s.a is 'x'"), false));
        changes.put("PROVIDER_REFRESH", () -> scripts.refresh(a, false));
        changes.put("SUBSCRIBER_RESYNC", () -> {
            subscriber.rows(
                    "update londiste.subscriber_table set merge_state = 'ok' where queue_name = ? returning 1",
                    shop.queue());
            return subscriberAdmin.resync(a);
        });
        changes.put("SUBSCRIBER_REMOVE", () -> subscriberAdmin.remove(a, false));
        changes.put("PROVIDER_REMOVE", () -> providerAdmin.remove(a, false));
        changes.forEach((operation, change) -> {
            long before = lastTick();
            assertThat(change.get())
                    .as(operation)
                    .allMatch(row -> row.get("changed").equals(true));
            assertThat(lastTick()).as("tick of " + operation).isGreaterThan(before);
        });
    }

    private long lastTick() {
        return provider.value(
                "select max(t.tick_id) from pgq.tick t join pgq.queue q on q.queue_id = t.tick_queue"
                        + " where q.queue_name = ?",
                shop.queue());
    }

    @Test
    void globsMeanTablesThatAreThere() {
        assertThat(names(providerAdmin.add(TablePatterns.of(shop.table("?")), CaptureOptions.DEFAULT)))
                .containsExactly(shop.table("a"), shop.table("b"));
        assertThat(names(subscriberAdmin.add(TablePatterns.of(shop.table("*")), AddOptions.DEFAULT)))
                .containsExactly(shop.table("a"), shop.table("b"));
        refused(() -> providerAdmin.add(TablePatterns.of("nothing*"), CaptureOptions.DEFAULT), null, "Nothing matches");
    }

    @Test
    void everythingOfAListIsAddedOrNothing() {
        refused(
                () -> providerAdmin.add(TablePatterns.of(shop.table("a"), shop.table("none")), CaptureOptions.DEFAULT),
                "LD001",
                "no such table");
        assertThat(providerAdmin.tables()).isEmpty();
        assertThat(provider.rows("select from pg_trigger where tgrelid = ?::regclass", shop.table("a")))
                .isEmpty();
        shop.addToProvider("a", "b").onSubscriber("drop table $s.b");
        refused(
                () -> subscriberAdmin.add(TablePatterns.of(shop.table("a"), shop.table("b")), AddOptions.DEFAULT),
                "LD001",
                "no such table");
        assertThat(subscriberDatabase.tables(TablePatterns.of())).isEmpty();
    }

    @Test
    void tableWithoutAKeyIsRefused() {
        shop.onProvider("create table $s.heap (v int)");
        refused(
                () -> providerAdmin.add(TablePatterns.of(shop.table("heap")), CaptureOptions.DEFAULT),
                "LD002",
                "has no primary key");
        shop.addToProvider("a").onSubscriber("alter table $s.a drop constraint a_pkey");
        refused(() -> subscriberAdmin.add(TablePatterns.of(shop.table("a")), AddOptions.DEFAULT), "LD002", "(id)");
    }

    @Test
    void tablesThatDifferAreRefusedWithAllDifferences() {
        shop.addToProvider("a")
                .onSubscriber(
                        "alter table $s.a drop column v, alter column id type bigint, add column must int not null");
        assertThatThrownBy(() -> subscriberAdmin.add(TablePatterns.of(shop.table("a")), AddOptions.DEFAULT))
                .isInstanceOfSatisfying(PgqException.class, e -> {
                    assertThat(e.sqlState()).isEqualTo("LD003");
                    assertThat(e.table()).isEqualTo(shop.table("a"));
                })
                .hasMessageContaining("column id is bigint instead of integer")
                .hasMessageContaining("column v is missing")
                .hasMessageContaining("column must is NOT NULL");
        assertThat(subscriberAdmin.add(TablePatterns.of(shop.table("a")), new AddOptions(true, false, false, null)))
                .hasSize(1);
    }

    @Test
    void tableThatTheProviderDoesNotHaveIsRefused() {
        refused(
                () -> subscriberAdmin.add(TablePatterns.of(shop.table("a")), AddOptions.DEFAULT),
                "LD004",
                "add it with PROVIDER_ADD first");
    }

    @Test
    void contradictorySwitchesAreRefused() {
        refused(() -> new AddOptions(false, true, true, null), "LD009", "contradict each other");
    }

    @Test
    void tableThatIsInSyncAlreadyIsNotCopied() {
        shop.onBoth("insert into $s.a values (1, 'same')");
        shop.addToProvider("a");
        subscriberAdmin.add(TablePatterns.of(shop.table("a")), new AddOptions(false, true, false, null));
        assertThat(shop.state("a")).isEqualTo("ok");
        shop.onProvider("insert into $s.a values (2, 'inserted before the first replay')");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThat(shop.isEqual("a")).isTrue();
            assertThat(replay.lastError()).isNull();
        }
        assertThat(shop.registration("a").get("copy_began_at")).isNull();
    }

    @Test
    void skipTruncateKeepsTheRowsThatAreThere() {
        shop.onProvider("insert into $s.a values (1, 'copied')").onSubscriber("insert into $s.a values (1000, 'mine')");
        shop.addToProvider("a");
        var skipTruncate = new AddOptions(false, false, true, null);
        subscriberAdmin.add(TablePatterns.of(shop.table("a")), skipTruncate);
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThat(shop.content(subscriber, "a"))
                    .extracting(row -> row.get("row"))
                    .containsExactly("(1,copied)", "(1000,mine)");
            assertThat(replay.lastError()).isNull();
        }
        assertThat(subscriberAdmin.add(TablePatterns.of(shop.table("a")), skipTruncate))
                .containsExactly(Map.of("table_name", shop.table("a"), "changed", false));
    }

    /** The rows that stayed would otherwise be joined by those of the first copy, which no second copy gets past. */
    @Test
    void skipTruncateIsOfTheFirstCopyOnly() {
        shop.onProvider("insert into $s.a values (1, 'copied')").onSubscriber("insert into $s.a values (1000, 'mine')");
        shop.addToProvider("a");
        subscriberAdmin.add(TablePatterns.of(shop.table("a")), new AddOptions(false, false, true, null));
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            subscriberAdmin.resync(TablePatterns.of(shop.table("a")));
            shop.awaitSync();
            assertThat(shop.isEqual("a")).isTrue();
            assertThat(replay.lastError()).isNull();
        }
    }

    /** Its first copy is still to come. */
    @Test
    void skipTruncateOutlivesAParkedCopy() {
        shop.onSubscriber("insert into $s.a values (1000, 'mine')");
        shop.addToProvider("a");
        subscriberAdmin.add(TablePatterns.of(shop.table("a")), new AddOptions(false, false, true, null));
        subscriber.rows("select londiste.park_table(?, ?, 'why')", shop.queue(), shop.table("a"));
        subscriberAdmin.resync(TablePatterns.of(shop.table("a")));
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThat(shop.content(subscriber, "a"))
                    .extracting(row -> row.get("row"))
                    .containsExactly("(1000,mine)");
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void rowsThatStayAndThatComeWithOneKeyStopTheCopyUntilTheyAreDeleted() {
        shop.onProvider("insert into $s.a values (1, 'copied')").onSubscriber("insert into $s.a values (1, 'mine')");
        shop.addToProvider("a");
        subscriberAdmin.add(TablePatterns.of(shop.table("a")), new AddOptions(false, false, true, null));
        try (var replay = shop.replay().start()) {
            Shop.await().until(() -> replay.copies().errors().values().stream().anyMatch(e -> e.contains("unique")));
            assertThat(shop.state("a")).isEqualTo("in-copy");
            shop.onSubscriber("delete from $s.a where v = 'mine'");
            shop.awaitSync();
            assertThat(shop.isEqual("a")).isTrue();
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void tableMayHaveAnotherNameOnTheSubscriber() {
        shop.onProvider("insert into $s.a values (1, 'x')").onSubscriber("alter table $s.a rename to renamed");
        shop.addToProvider("a");
        subscriberAdmin.add(
                TablePatterns.of(shop.table("a")), new AddOptions(false, false, false, shop.table("renamed")));
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            shop.onProvider("insert into $s.a values (2, 'y')");
            shop.awaitSync();
            assertThat(shop.content(subscriber, "renamed")).hasSize(2);
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void resyncCopiesATableAgain() {
        shop.add("a");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            shop.onProvider("insert into $s.a values (1, 'x')");
            shop.awaitSync();
            int attempt = (int) shop.registration("a").get("copy_attempt");
            shop.onSubscriber("update $s.a set v = 'spoiled'");
            subscriberAdmin.resync(TablePatterns.of(shop.table("a")));
            shop.awaitSync();
            assertThat(shop.isEqual("a")).isTrue();
            assertThat(provider.<String>value(shop.sql("select v from $s.a")))
                    .as("what was written to the subscriber is not reported back")
                    .isEqualTo("x");
            assertThat((int) shop.registration("a").get("copy_attempt")).isGreaterThan(attempt);
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void removedTableIsLeftAlone() {
        shop.onProvider("insert into $s.a values (0, 'copied')").add("a", "b");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            subscriberAdmin.remove(TablePatterns.of(shop.table("a")), false);
            shop.onProvider("insert into $s.a values (1, 'x'); insert into $s.b values (1)");
            shop.awaitSync();
            assertThat(shop.content(subscriber, "a"))
                    .extracting(row -> row.get("row"))
                    .containsExactly("(0,copied)");
            assertThat(shop.content(subscriber, "b")).hasSize(1);
            assertThat(names(subscriberAdmin.missing())).containsExactly(shop.table("a"));
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void statusCountsTablesByState() {
        shop.add("a", "b");
        var status = new JobStatus(job(shop.queue())).read();
        assertThat(status)
                .containsEntry("registered", false)
                .containsEntry("tables_by_state", Map.of("NEW", 2L))
                .containsEntry("queue_name", shop.queue());
    }

    @Test
    void databaseWithoutOurSqlIsSaidToBeSo() {
        var here = TestDatabase.on(provider.server());
        var bare = new Provider(here.dataSource(), "q", LOCK_TIMEOUT);
        refused(() -> bare.add(TablePatterns.of("t"), CaptureOptions.DEFAULT), "PQ010", "run PROVIDER_INSTALL");
        refused(
                () -> new SubscriberDatabase(here.dataSource(), "q", LOCK_TIMEOUT).tables(TablePatterns.of()),
                "PQ010",
                "run SUBSCRIBER_INSTALL");
    }

    @Test
    void unknownQueueIsNamed() {
        var admin = new Provider(provider.dataSource(), "no_queue", LOCK_TIMEOUT);
        refused(() -> admin.add(TablePatterns.of(shop.table("a")), CaptureOptions.DEFAULT), "PQ001", "no_queue");
        refused(() -> new JobStatus(job("no_queue")).read(), "PQ001", "no_queue");
    }

    @Test
    void roleWithoutRightsIsTold() {
        provider.execute("create role nobody_here login password 'x'");
        try {
            var admin = new Provider(provider.dataSource("nobody_here", "x"), shop.queue(), LOCK_TIMEOUT);
            refused(
                    () -> admin.add(TablePatterns.of(shop.table("a")), CaptureOptions.DEFAULT),
                    "42501",
                    "permission denied");
        } finally {
            provider.execute("drop role nobody_here");
        }
    }

    @Test
    void serverThatIsDownIsAConnectionFailure() {
        var down = new PGSimpleDataSource();
        down.setUrl("jdbc:postgresql://localhost:1/none");
        assertThatThrownBy(() -> new Provider(down, "q", LOCK_TIMEOUT).tables())
                .isInstanceOfSatisfying(
                        PgqException.class, e -> assertThat(e.is("08")).isTrue())
                .hasMessageContaining("localhost:1");
    }

    @Test
    void lockThatSomeoneElseHoldsIsNotWaitedForLonger() throws Exception {
        try (var writer = provider.connect();
                var statement = writer.createStatement()) {
            statement.execute(shop.sql("begin; insert into $s.a values (1, 'x')"));
            refused(
                    () -> providerAdmin.add(TablePatterns.of(shop.table("a")), CaptureOptions.DEFAULT),
                    "55P03",
                    "lock");
        }
    }

    private static List<Object> names(List<Map<String, Object>> rows) {
        return rows.stream().map(row -> row.get("table_name")).toList();
    }

    private static void refused(ThrowingCallable call, String sqlState, String sentence) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(PgqException.class, e -> {
                    if (sqlState != null) {
                        assertThat(e.sqlState()).isEqualTo(sqlState);
                    }
                })
                .hasMessageContaining(sentence);
    }
}
