package dev.londiste.replication.copy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.replication.testing.Gate;
import dev.londiste.replication.testing.ReplayProcess;
import dev.londiste.replication.testing.Shop;
import dev.londiste.replication.testing.SwapLoad;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Two million rows and a process killed at nine tenths of them, with the options as they are. */
@Tag("soak")
@Timeout(1800)
class BigCopyIT {

    private static final Logger LOG = LoggerFactory.getLogger(BigCopyIT.class);

    private static final int ROWS = 2_000_000;

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    @Test
    void C23_killAtNineTenthsReadsLessThanAFifthAgain() {
        var shop = new Shop(provider, subscriber).create();
        shop.onBoth("create table $s.t (id int primary key, code int not null unique, note text)")
                .onProvider(
                        "insert into $s.t select 2 * i, i, repeat('x', 100) from generate_series(1, " + ROWS + ") i")
                .add("t");
        var loaded = "new.queue_name = '" + shop.queue() + "' and new.merge_state = 'catching-up'";
        try (var load = new SwapLoad(shop, "t").start()) {
            try (var process = ReplayProcess.start(shop, "128m")) {
                patiently(() -> rows(shop, "true") >= ROWS * 9L / 10);
                process.kill();
            }
            try (var gate = new Gate(subscriber, "londiste.subscriber_table", loaded);
                    var process = ReplayProcess.start(shop, "128m")) {
                patiently(gate::isWaitedFor);
                long again = rows(
                        shop,
                        "copy_attempt = (select s.copy_attempt from londiste.subscriber_table s"
                                + " where s.queue_name = subscriber_copy_range.queue_name)");
                LOG.info("{} rows were read after the kill", again);
                assertThat(again).isPositive().isLessThan(ROWS / 5);
                gate.open();
                patiently(shop::isInSync);
                load.stop();
                shop.awaitSync();
                assertThat(process.isAlive()).isTrue();
            }
        }
        assertThat(shop.isEqual("t")).isTrue();
    }

    private static long rows(Shop shop, String condition) {
        return subscriber
                .<Number>value(
                        "select coalesce(sum(copied_rows), 0) from londiste.subscriber_copy_range where queue_name = ? and "
                                + condition,
                        shop.queue())
                .longValue();
    }

    private static void patiently(Callable<Boolean> condition) {
        Shop.await().atMost(Duration.ofMinutes(10)).until(condition);
    }
}
