package dev.londiste.replication.failed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.replication.admin.AddOptions;
import dev.londiste.replication.admin.AttributeChanges;
import dev.londiste.replication.admin.Subscriber;
import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.testing.ReplayLoop;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes that the subscriber refuses wait, and what comes later for their keys waits behind them. */
@Timeout(120)
class C32_FailedQueueIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private Shop shop;
    private Job job;
    private FailedChanges failed;
    private ReplayLoop replay;

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
        job = new Job(
                shop.job(),
                shop.queue(),
                shop.job(),
                provider.dataSource(),
                subscriber.dataSource(),
                Duration.ofSeconds(5));
        failed = new FailedChanges(job);
        replay = shop.replay().start();
    }

    @AfterEach
    void tearDown() {
        replay.close();
    }

    private void replicate(String columns, String onFailure) {
        shop.onBoth("create table $s.a (" + columns + ")").onSubscriber("alter table $s.a add check (v < 100)");
        shop.addToProvider("a");
        new Subscriber(job)
                .add(
                        TablePatterns.of(shop.table("a")),
                        new AddOptions(
                                false, true, false, null, new AttributeChanges(null, null, null, null, onFailure)));
    }

    private List<Map<String, Object>> waiting() {
        return failed.list(TablePatterns.of(shop.table("a")));
    }

    private List<Integer> values() {
        return subscriber.rows("select v from " + shop.table("a") + " order by id").stream()
                .map(row -> (Integer) row.get("v"))
                .toList();
    }

    private void allow() {
        shop.onSubscriber("alter table $s.a drop constraint a_v_check");
    }

    private Map<String, Object> retry() {
        return failed.retry(TablePatterns.of(shop.table("a"))).get(0);
    }

    @Test
    void refusedChangeWaitsWithItsReasonAndTheRestGoesOn() {
        replicate("id int primary key, v int", "FAILED_QUEUE");
        shop.onProvider("insert into $s.a values (1, 1), (2, 200), (3, 3)");
        shop.awaitSync();
        assertThat(values()).containsExactly(1, 3);
        assertThat(waiting()).singleElement().satisfies(event -> {
            assertThat(event).containsEntry("operation", "INSERT").containsEntry("sql_state", "23514");
            assertThat(event.get("key")).isEqualTo("id=2");
            assertThat(event.get("reason").toString()).contains(shop.table("a"), "event " + event.get("event_id"));
        });
        assertThat(replay.lastError()).isNull();
        assertThat(replay.replay().statistics().snapshot().changes().failed()).isEqualTo(1);
    }

    @Test
    void laterChangesOfItsKeyFollowInOrderUntilItIsAppliedAndOthersDoNot() {
        replicate("id int primary key, v int", "FAILED_QUEUE");
        shop.onProvider("insert into $s.a values (1, 1), (2, 200), (3, 3)");
        shop.awaitSync();
        // In one chunk with others, and in later batches; the subscriber would take these.
        shop.onProvider("begin; update $s.a set v = 20 where id = 2; update $s.a set v = 30 where id = 3;"
                + " update $s.a set id = 12 where id = 2; commit");
        shop.awaitSync();
        shop.onProvider("update $s.a set v = v + 1 where id in (1, 12)").onProvider("insert into $s.a values (2, 2)");
        shop.awaitSync();
        assertThat(values()).containsExactly(2, 30);
        assertThat(waiting())
                .extracting(event -> event.get("operation"))
                .containsExactly("INSERT", "UPDATE", "UPDATE", "UPDATE", "INSERT");

        assertThat(retry()).containsEntry("applied", 0L).containsEntry("failed", 5L);
        allow();
        assertThat(retry()).containsEntry("applied", 5L).containsEntry("failed", 0L);
        assertThat(shop.isEqual("a")).isTrue();
        shop.onProvider("delete from $s.a where id in (2, 12)");
        shop.awaitSync();
        assertThat(shop.isEqual("a")).isTrue();
        assertThat(waiting()).isEmpty();
    }

    /** Whatever comes there meanwhile would be moved away with the change when it is applied. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void keyThatARefusedChangeGivesUpIsHeldToo(boolean inOneBatch) {
        replicate("id int primary key, v int", "FAILED_QUEUE");
        new Subscriber(job)
                .set(TablePatterns.of(shop.table("a")), new AttributeChanges(null, null, null, "OVERWRITE", null));
        shop.onProvider("insert into $s.a values (1, 1)").awaitSync();
        var rekey = "update $s.a set id = 2, v = 200 where id = 1;";
        var insert = "insert into $s.a values (1, 3);";
        if (inOneBatch) {
            shop.onProvider(rekey + insert);
        } else {
            shop.onProvider(rekey).awaitSync().onProvider(insert);
        }
        shop.awaitSync();
        assertThat(values()).containsExactly(1);
        assertThat(waiting()).hasSize(2);
        allow();
        retry();
        assertThat(shop.isEqual("a")).isTrue();
    }

    @Test
    void keysThatAreEqualInManyTextsHoldTheWholeTable() {
        replicate("id numeric primary key, v int", "FAILED_QUEUE");
        shop.onProvider("insert into $s.a values (1.0, 200), (2, 2)")
                .onProvider("delete from $s.a where id = 1; insert into $s.a values (1.00, 1)");
        shop.awaitSync();
        assertThat(waiting()).extracting(event -> event.get("operation")).contains("DELETE");
        allow();
        retry();
        assertThat(shop.isEqual("a")).isTrue();
    }

    @Test
    void whatIsMoreThanOnePageIsAppliedPageByPageAndStaysInOrder() {
        replicate("id int primary key, v int, t text", "FAILED_QUEUE");
        // Small ones, large ones, and at the end another change of the first key.
        shop.onProvider("insert into $s.a select i, 200, 'x' from generate_series(1, 20) i")
                .onProvider("insert into $s.a select i, 200, repeat('x', 1400000) from generate_series(3001, 3004) i")
                .onProvider("update $s.a set v = 20 where id in (1, 3004)");
        shop.awaitSync();
        assertThat(retry()).containsEntry("applied", 0L).containsEntry("failed", 26L);
        allow();
        shop.onSubscriber("alter table $s.a add check (id > 1 or v = 20)");
        assertThat(retry()).containsEntry("applied", 24L).containsEntry("failed", 2L);
        assertThat(waiting()).extracting(event -> event.get("key")).containsOnly("id=1");
        shop.onSubscriber("alter table $s.a drop constraint a_check");
        assertThat(retry()).containsEntry("applied", 2L).containsEntry("failed", 0L);
        assertThat(shop.isEqual("a")).isTrue();
    }

    @Test
    void discardedChangeLetsItsKeyGoOn() {
        replicate("id int primary key, v int", "FAILED_QUEUE");
        shop.onProvider("insert into $s.a values (1, 1)").onProvider("update $s.a set v = 200");
        shop.awaitSync();
        shop.onProvider("update $s.a set v = 20");
        shop.awaitSync();
        assertThat(waiting()).hasSize(2);
        failed.discard(
                TablePatterns.of(shop.table("a")), (Long) waiting().get(0).get("event_id"));
        retry();
        assertThat(waiting()).isEmpty();
        assertThat(values()).containsExactly(20);
    }

    @Test
    void truncateLeavesNothingToWaitFor() {
        replicate("id int primary key, v int", "FAILED_QUEUE");
        shop.onProvider("insert into $s.a values (1, 200)");
        shop.awaitSync();
        shop.onProvider("begin; truncate $s.a; insert into $s.a values (1, 2); commit");
        shop.awaitSync();
        assertThat(waiting()).isEmpty();
        assertThat(values()).containsExactly(2);
    }

    @Test
    void changesAfterAScriptFollowThoseThatItsBatchKeptBefore() {
        replicate("id int primary key, v int", "FAILED_QUEUE");
        shop.onProvider("insert into $s.a values (1, 1)").awaitSync();
        // One batch: nothing ticks before the end.
        provider.rows("select pgq.set_queue_config(?, 'ticker_max_lag', '1 hour')", shop.queue());
        shop.onProvider("update $s.a set v = 200");
        provider.rows("select londiste.provider_execute(?, 'script', ?)", shop.queue(), "select 1");
        shop.onProvider("update $s.a set v = 20").awaitSync();

        assertThat(values()).containsExactly(1);
        assertThat(waiting()).hasSize(2);
        allow();
        retry();
        assertThat(values()).containsExactly(20);
    }

    @Test
    void manyRefusedChangesOfOneChunkAreKeptAndTheOthersApplied() {
        replicate("id int primary key, v int", "FAILED_QUEUE");
        shop.onProvider(
                "insert into $s.a select i, case when i % 10 = 0 then 100 else 1 end from generate_series(1, 400) i");
        shop.awaitSync();
        assertThat(values()).hasSize(360);
        assertThat(waiting()).hasSize(40);
    }

    @Test
    void rowsThatAreRefusedForAnyReasonOfTheirOwnAreKept() {
        replicate("id int primary key, v int, t text", "FAILED_QUEUE");
        shop.onSubscriber("create index on $s.a (t); create function $s.refuse() returns trigger language plpgsql as"
                + " $$begin raise 'no' using errcode = 'U0001'; end$$;"
                + " create trigger refuse before insert on $s.a for each row when (new.v = 5)"
                + " execute function $s.refuse()");
        shop.onProvider("insert into $s.a values (1, 1), (2, 5), (3, 3);"
                        + " insert into $s.a select 4, 4, string_agg(md5(i::text), '') from generate_series(1, 1000) i")
                .awaitSync();
        assertThat(values()).containsExactly(1, 3);
        assertThat(waiting()).extracting(event -> event.get("sql_state")).containsExactly("U0001", "54000");
    }

    /** All rows would come after the first. */
    @Test
    void whatIsWrongWithTheTableStopsTheBatchUntilItIsMended() {
        replicate("id int primary key, v int", "FAILED_QUEUE");
        shop.onSubscriber("create function $s.look() returns trigger language plpgsql as"
                + " $$begin perform from $s.nowhere; return new; end$$;"
                + " create trigger look before insert on $s.a for each row execute function $s.look()");
        shop.onProvider("insert into $s.a values (1, 1)");
        Shop.await().until(() -> replay.lastError() != null);
        assertThat(replay.lastError()).hasMessageContaining("42P01");
        assertThat(waiting()).isEmpty();
        shop.onSubscriber("create table $s.nowhere ()").awaitSync();
        assertThat(shop.isEqual("a")).isTrue();
    }

    @Test
    void copyingATableAgainForgetsWhatWaited() {
        replicate("id int primary key, v int", "FAILED_QUEUE");
        shop.onProvider("insert into $s.a values (1, 200)");
        shop.awaitSync();
        allow();
        new Subscriber(job).resync(TablePatterns.of(shop.table("a")));
        shop.awaitSync();
        assertThat(waiting()).isEmpty();
        assertThat(shop.isEqual("a")).isTrue();
    }

    @Test
    void withoutTheQueueTheBatchStops() {
        replicate("id int primary key, v int", null);
        shop.onProvider("insert into $s.a values (1, 1), (2, 200)");
        Shop.await().until(() -> replay.lastError() != null);
        assertThat(replay.lastError()).hasMessageContaining("23514");
        assertThat(values()).isEmpty();
        assertThat(waiting()).isEmpty();
    }
}
