package dev.londiste.replication.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.replication.testing.ReplayProcess;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(240)
class LargeBatchIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    @Test
    void millionEventsOfOneTransactionNeedNoMoreThan128MegabytesOfHeap() {
        var shop = new Shop(provider, subscriber).create();
        shop.onBoth("create table $s.t (id int primary key, v text)").add("t");
        try (var replay = ReplayProcess.start(shop, "128m")) {
            Shop.await().until(shop::isInSync);
            shop.onProvider("insert into $s.t select i, 'row ' || i from generate_series(1, 1000000) i");
            long tick = shop.forceTick();
            long began = System.nanoTime();
            Shop.await().atMost(Duration.ofMinutes(3)).until(() -> shop.hasApplied(tick));
            System.out.printf("[FIGURE] 1,000,000 events in one batch: %.1f s%n", (System.nanoTime() - began) / 1e9);
            assertThat(replay.isAlive()).isTrue();
            assertThat(subscriber.<Long>value("select count(*) from " + shop.table("t")))
                    .isEqualTo(1_000_000L);
        }
    }
}
