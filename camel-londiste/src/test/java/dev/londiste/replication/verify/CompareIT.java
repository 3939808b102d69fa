package dev.londiste.replication.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.testing.Shop;
import dev.londiste.replication.testing.WriteLoad;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
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

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
        shop.onProvider("create table $s.t (id int primary key, value int, note text)")
                .onSubscriber("create table $s.t (note text, more int default 1, id int primary key, value int)")
                .onProvider("insert into $s.t select i, 0, 'x' from generate_series(1, 1000) i")
                .add("t");
    }

    private JobComparison comparison(Duration lockTimeout) {
        return new JobComparison(new Job(
                shop.job(), shop.queue(), shop.job(), provider.dataSource(), subscriber.dataSource(), lockTimeout));
    }

    @Test
    void C39_bothSidesAreComparedAtOnePositionBesideWritersAndReplay() throws Exception {
        try (var load = new WriteLoad(shop, "t").start();
                var replay = shop.replay().start()) {
            Shop.await().until(shop::isInSync);
            for (boolean checksum : new boolean[] {false, true}) {
                load.awaitMore(5);
                assertThat(comparison(Duration.ofSeconds(30)).compare(TablePatterns.of(), checksum))
                        .hasSize(1)
                        .allMatch(row -> row.get("equal").equals(true));
            }
            load.stop();
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void oneChangedRowIsFoundByChecksumAndOneMissingRowByCount() {
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            shop.onSubscriber("update $s.t set note = 'spoiled' where id = 500");
            var comparison = comparison(Duration.ofSeconds(30));
            var tables = TablePatterns.of(shop.table("t"));
            assertThat(comparison.compare(tables, false).get(0)).containsEntry("equal", true);
            assertThat(comparison.compare(tables, true).get(0)).containsEntry("equal", false);
            shop.onSubscriber("delete from $s.t where id = 500");
            assertThat(comparison.compare(tables, false).get(0))
                    .containsEntry("equal", false)
                    .containsEntry("provider_rows", 1000L)
                    .containsEntry("subscriber_rows", 999L);
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void C39_lockIsReleasedWhenTheReplayDoesNotCatchUp() {
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThat(replay.lastError()).isNull();
        }
        assertThatThrownBy(() -> comparison(Duration.ofMillis(300)).compare(TablePatterns.of(), false))
                .hasMessageContaining("the replay did not catch up: the lock is released, nothing was compared");
        shop.onProvider("insert into $s.t values (5000, 1, 'not blocked')");
    }
}
