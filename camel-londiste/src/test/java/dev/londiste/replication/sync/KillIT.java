package dev.londiste.replication.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.replication.admin.SubscriberDatabase;
import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.testing.Gate;
import dev.londiste.replication.testing.ReplayProcess;
import dev.londiste.replication.testing.Shop;
import dev.londiste.replication.testing.WriteLoad;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A process that is killed while a table is in one certain state: the gate stops it at the statement that leaves that
 * state, with everything before done and nothing of it committed.
 */
@Timeout(120)
class KillIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private Shop shop;

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
        shop.onBoth("create table $s.t (id int primary key, value int, note text)")
                .onProvider("insert into $s.t select i, 0, repeat('x', 20) from generate_series(1, 5000) i");
    }

    @ParameterizedTest
    @CsvSource({"NEW,in-copy", "in-copy,catching-up", "catching-up,wanna-sync%", "wanna-sync,do-sync%", "do-sync,ok"})
    void processDiesInState(String state, String next) throws Exception {
        var atState =
                "new.queue_name = '%s' and new.merge_state like '%s' and old.merge_state is distinct from new.merge_state";
        try (var load = new WriteLoad(shop, "t").start()) {
            try (var gate = new Gate(subscriber, "londiste.subscriber_table", atState.formatted(shop.queue(), next));
                    var process = ReplayProcess.start(shop, "128m")) {
                shop.add("t");
                gate.awaitArrival();
                assertThat(stateThatIsShown()).startsWith(state);
                process.kill();
            }
            load.awaitMore(20);
            finishesEqual(load);
        }
    }

    /** As SUBSCRIBER_TABLES answers it. */
    private String stateThatIsShown() {
        return new SubscriberDatabase(subscriber.dataSource(), shop.queue(), Duration.ofSeconds(5))
                .tables(TablePatterns.of(shop.table("t")))
                .get(0)
                .get("state")
                .toString();
    }

    @Test
    void processDiesBeforeABatchIsCommitted() throws Exception {
        shop.add("t");
        try (var load = new WriteLoad(shop, "t").start()) {
            try (var process = ReplayProcess.start(shop, "128m")) {
                Shop.await().until(shop::isInSync);
                try (var gate = new Gate(subscriber, "londiste.completed", "new.consumer_id = '" + shop.job() + "'")) {
                    gate.awaitArrival();
                    process.kill();
                }
            }
            finishesEqual(load);
        }
    }

    @Test
    void processDiesAfterABatchIsCommittedAndBeforeItIsFinished() throws Exception {
        shop.add("t");
        try (var load = new WriteLoad(shop, "t").start()) {
            try (var process = ReplayProcess.start(shop, "128m")) {
                Shop.await().until(shop::isInSync);
                try (var gate =
                        new Gate(provider, "pgq.subscription", "new.sub_batch is null and old.sub_batch is not null")) {
                    gate.awaitArrival();
                    long open = provider.value("select sub_next_tick from pgq.subscription join pgq.consumer on co_id ="
                            + " sub_consumer where co_name = '" + shop.job() + "'");
                    assertThat(shop.hasApplied(open)).isTrue();
                    process.kill();
                }
            }
            finishesEqual(load);
        }
    }

    private void finishesEqual(WriteLoad load) throws Exception {
        try (var again = shop.replay().start()) {
            Shop.await().until(shop::isInSync);
            load.stop();
            shop.awaitSync();
            assertThat(shop.isEqual("t")).isTrue();
            assertThat(again.lastError()).isNull();
            assertThat(subscriber.rows("select from pg_index where indisprimary and indrelid = '" + shop.table("t")
                            + "'::regclass"))
                    .hasSize(1);
        }
    }
}
