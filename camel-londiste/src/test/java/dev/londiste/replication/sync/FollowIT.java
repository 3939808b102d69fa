package dev.londiste.replication.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.BatchParticipant.Stance;
import dev.londiste.replication.admin.AddOptions;
import dev.londiste.replication.admin.AttributeChanges;
import dev.londiste.replication.admin.Sequences;
import dev.londiste.replication.admin.Subscriber;
import dev.londiste.replication.admin.SubscriberDatabase;
import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the replay follows beside rows: removals, sequences, tables that changed. */
@Timeout(120)
class FollowIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private Shop shop;

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
        shop.onBoth("create table $s.a (id int primary key, v text); create table $s.b (id int primary key)");
    }

    private Subscriber admin() {
        return new Subscriber(new Job(
                shop.job(),
                shop.queue(),
                shop.job(),
                provider.dataSource(),
                subscriber.dataSource(),
                Duration.ofSeconds(5)));
    }

    private SubscriberDatabase database() {
        return new SubscriberDatabase(subscriber.dataSource(), shop.queue(), Duration.ofSeconds(5));
    }

    private List<Object> registered() {
        return database().tables(TablePatterns.of()).stream()
                .map(row -> row.get("table_name"))
                .toList();
    }

    private void addBySubscriber(String table) {
        admin().add(TablePatterns.of(shop.table(table)), AddOptions.DEFAULT);
    }

    @Test
    void C20_removalOnTheProviderReachesTheSubscriberInOrder() {
        shop.addToProvider("a", "b");
        addBySubscriber("a");
        addBySubscriber("b");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            shop.onProvider("insert into $s.a values (1, 'before the removal')");
            provider.rows("select londiste.provider_remove_table(?, ?)", shop.queue(), shop.table("a"));
            shop.forceTick();
            Shop.await().until(() -> registered().equals(List.of(shop.table("b"))));
            assertThat(shop.content(subscriber, "a")).hasSize(1);
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void C20_laggingReplayDoesNotDropATableThatWasAddedAfterTheEvent() {
        shop.addToProvider("a");
        addBySubscriber("a");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThat(replay.lastError()).isNull();
        }
        // While nobody replays: a list without b, a removal of b, and only then b is added here.
        shop.addToProvider("b");
        provider.rows("select londiste.provider_remove_table(?, ?)", shop.queue(), shop.table("b"));
        provider.rows("select londiste.provider_notify_change(?)", shop.queue());
        shop.addToProvider("b");
        addBySubscriber("b");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThat(registered()).containsExactly(shop.table("a"), shop.table("b"));
            assertThat(replay.lastError()).isNull();
        }
    }

    /** As the provider of SkyTools sends it. */
    @Test
    void C20_listThatNamesNoRemovedTableTakesOnlyThoseThatAreKnownToBeOlder() {
        shop.addToProvider("a", "b");
        addBySubscriber("a");
        shop.addToSubscriber("b");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            provider.rows(
                    "select pgq.insert_event_raw(?, null, now(), null, null, 'T', '', null, null, null, null)",
                    shop.queue());
            shop.awaitSync();
            assertThat(registered()).containsExactly(shop.table("b"));
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void C35_tableWhoseColumnsChangedIsParkedAloneUntilItIsResynced() {
        shop.add("a", "b");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            shop.onProvider("alter table $s.a add column w int; insert into $s.a values (1, 'x', 7)");
            Shop.await().until(() -> shop.registration("a").get("parked_reason") != null);
            shop.onProvider("insert into $s.b values (1)");
            long tick = shop.forceTick();
            Shop.await().until(() -> shop.hasApplied(tick));
            assertThat(shop.content(subscriber, "b")).hasSize(1);
            assertThat(replay.lastError()).hasMessageContaining("column w");
            assertThat(shop.state("a")).isEqualTo("ok");
            assertThat((String) shop.registration("a").get("parked_reason")).contains("column w");

            shop.onSubscriber("alter table $s.a add column w int");
            admin().resync(TablePatterns.of(shop.table("a")));
            shop.awaitSync();
            assertThat(shop.isEqual("a")).isTrue();
        }
    }

    /** Other tables refer to rows that a parked or resynced table does not get. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void C35_tableThatIsParkedOrResyncedStopsNoTableThatRefersToIt(boolean locked) throws SQLException {
        shop.onBoth("create table $s.c (id int primary key, a int constraint to_a references $s.a)")
                .add("a", "c");
        try (var replay = shop.replay().start();
                var reader = subscriber.connect()) {
            shop.awaitSync();
            Shop.await().until(() -> foreignKeys("active").equals(List.of("to_a")));
            // With a trigger of the user rows are applied as their writer wrote them, and foreign keys are checked.
            shop.onSubscriber("create function $s.f() returns trigger language plpgsql as 'begin return new; end';"
                    + " create trigger mine before insert on $s.c for each row execute function $s.f()");
            reader.setAutoCommit(false);
            if (locked) {
                reader.createStatement().execute(shop.sql("lock table $s.c in access share mode"));
            }
            shop.onProvider("alter table $s.a add column w int; insert into $s.a values (1, 'x', 7)");
            Shop.await().until(() -> shop.registration("a").get("parked_reason") != null);
            assertThat(foreignKeys("active")).hasSize(locked ? 1 : 0);
            reader.commit();

            shop.onProvider("insert into $s.c values (1, 1)");
            long tick = shop.forceTick();
            Shop.await().until(() -> shop.hasApplied(tick));
            assertThat(shop.content(subscriber, "c")).hasSize(1);
            assertThat(foreignKeys("pending")).containsExactly("to_a");

            shop.onSubscriber("alter table $s.a add column w int");
            admin().resync(TablePatterns.of(shop.table("a")));
            shop.awaitSync();
            Shop.await().until(() -> foreignKeys("active").equals(List.of("to_a")));
            assertThat(shop.isEqual("a")).isTrue();
            assertThat(replay.copies().errors()).isEmpty();
        }
        admin().resync(TablePatterns.of(shop.table("a")));
        assertThat(foreignKeys("pending")).as("before any copy begins").containsExactly("to_a");
    }

    @Test
    void attributesThatWantANewCopyPutForeignKeysAside() {
        shop.onBoth("create table $s.c (id int primary key, a int constraint to_a references $s.a)")
                .add("a", "c");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            Shop.await().until(() -> foreignKeys("active").equals(List.of("to_a")));
            assertThat(replay.lastError()).isNull();
        }
        admin().set(TablePatterns.of(shop.table("a")), new AttributeChanges(null, List.of("id"), null, null, null));
        assertThat(foreignKeys("pending")).containsExactly("to_a");
    }

    private List<Object> foreignKeys(String state) {
        return database().fkeys(state).stream().map(row -> row.get("fkey_name")).toList();
    }

    /** Two batches within a second, each looked at before a third begins. */
    @Test
    void C38_sequencesFollowWithTheBatches() {
        provideSequence("numbers");
        addBySubscriber("a");
        try (var replay = shop.replay()) {
            shop.awaitSyncBy(replay::poll);
            for (long last : new long[] {41, 42}) {
                shop.onProvider("insert into $s.a select nextval('$s.numbers'), 'x' from generate_series("
                        + (last == 41 ? 1 : 42) + ", " + last + ")");
                long tick = shop.forceTick();
                while (!shop.hasApplied(tick)) {
                    replay.poll();
                }
                assertThat(lastValue("numbers")).isEqualTo(last);
            }
            assertThat(subscriber.<Long>value(shop.sql("select nextval('$s.numbers')")))
                    .isEqualTo(43L);
        }
    }

    /** One batch that is fetched before the sequence moves: it is set to a value that the batch does not have. */
    @Test
    void C38_sequencesAreReadAfterTheBatchWasFetched() {
        provideSequence("numbers");
        addBySubscriber("a");
        try (var replay = shop.replay()) {
            shop.awaitSyncBy(replay::poll);
            shop.onProvider("insert into $s.a select nextval('$s.numbers'), 'x' from generate_series(1, 3)");
            long tick = shop.forceTick();
            var batch = replay.next();
            // The copy may have left ticks with nothing between them.
            while (batch.tick().id() < tick) {
                replay.poll();
                batch = replay.next();
            }
            assertThat(replay.replay().begin(batch)).isEqualTo(Stance.ACTIVE);
            replay.accept(batch);
            shop.onProvider("select setval('$s.numbers', 100)");
            replay.replay().commit(batch);
            assertThat(lastValue("numbers")).isEqualTo(100L);
        }
    }

    @Test
    void C38_sequenceThatWasNeverCalledGivesItsFirstValueOnTheSubscriberToo() {
        shop.onSubscriber("create sequence $s.fresh").onSubscriber("select nextval('$s.fresh')");
        shop.onProvider("create sequence $s.fresh start 7");
        followSequence("fresh");
        shop.addToProvider("a");
        addBySubscriber("a");
        try (var replay = shop.replay()) {
            shop.awaitSyncBy(replay::poll);
            shop.onProvider("insert into $s.a values (1, 'x')");
            shop.awaitSyncBy(replay::poll);
            assertThat(subscriber.<Long>value(shop.sql("select nextval('$s.fresh')")))
                    .isEqualTo(7L);
        }
    }

    private void provideSequence(String name) {
        shop.onBoth("create sequence $s." + name).addToProvider("a");
        followSequence(name);
    }

    private void followSequence(String name) {
        provider.rows("select londiste.provider_add_seq(?, ?)", shop.queue(), shop.table(name));
        followedSequences().add(TablePatterns.of(shop.table(name)), false);
    }

    private Sequences followedSequences() {
        return Sequences.ofSubscriber(
                subscriber.dataSource(), provider.dataSource(), shop.queue(), Duration.ofSeconds(5));
    }

    /** Its value would stay as it is, with nobody to say so. */
    @Test
    void sequenceThatTheProviderDoesNotSendIsRefused() {
        provideSequence("sent");
        shop.onBoth("create sequence $s.kept");
        assertThatThrownBy(
                        () -> followedSequences().add(TablePatterns.of(shop.table("sent"), shop.table("kept")), false))
                .hasMessage("Sequence " + shop.table("kept") + " is not registered in queue " + shop.queue()
                        + " of the provider; add it with PROVIDER_ADD_SEQ first");
        followedSequences().add(TablePatterns.ALL, false);
        assertThat(followedSequences().list()).containsExactly(Map.of("seq_name", shop.table("sent")));
    }

    private long lastValue(String sequence) {
        return subscriber.<Long>value("select last_value from " + shop.table(sequence));
    }

    @Test
    void triggersArePutAsideAndComeBackOnRequest() {
        shop.onSubscriber("create function $s.f() returns trigger language plpgsql as 'begin return new; end';"
                        + " create trigger mine before insert on $s.a for each row execute function $s.f()")
                .add("a");
        assertThat(database().triggers(null))
                .extracting(row -> row.get("state"))
                .containsExactly("pending");
        assertThat(database().triggers("active")).isEmpty();
        assertThat(database().restoreTriggers(TablePatterns.of(shop.table("a")), "mine"))
                .containsExactly(Map.of("table_name", shop.table("a"), "changed", true));
        assertThat(database().triggers("active"))
                .extracting(row -> row.get("trigger_name"))
                .containsExactly("mine");
    }

    @Test
    void foreignKeysAreShownPendingAndActive() {
        shop.onBoth("create table $s.c (id int primary key, a int constraint to_a references $s.a)")
                .add("c");
        assertThat(database().fkeys(null)).extracting(row -> row.get("state")).containsExactly("active");
        subscriber.rows("select londiste.subscriber_drop_table_fkey(?, 'to_a')", shop.table("c"));
        assertThat(database().fkeys("pending"))
                .extracting(row -> row.get("fkey_name"))
                .containsExactly("to_a");
        assertThat(database().fkeys("active")).isEmpty();
    }
}
