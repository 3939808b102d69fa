package dev.londiste.replication.copy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.replication.testing.DeathAtMoment;
import dev.londiste.replication.testing.DeathAtMoment.Death;
import dev.londiste.replication.testing.DeathAtMoment.Moment;
import dev.londiste.replication.testing.ReplayLoop;
import dev.londiste.replication.testing.Shop;
import dev.londiste.replication.testing.SwapLoad;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A copy in ranges, one in one piece, catch-up, hand-over, replay and the return of foreign keys, under load: a quiet run
 * tells every statement that is sent to either side in every state of the table. Then something dies at such a statement,
 * and both sides end equal with nothing left over, by nobody's hand. A sample of {@code -Dlondiste.seed=<seed>} here, all
 * of them under soak, or of 8 {@code -Dlondiste.soak.parts=8} the one with {@code -Dlondiste.soak.part=3}.
 */
class DeathAtEveryStatementIT {

    private static final Logger LOG = LoggerFactory.getLogger(DeathAtEveryStatementIT.class);

    private static final CopyOptions FINE = new CopyOptions(2, 2, 4 << 10, 0);
    private static final Duration PAUSE = Duration.ofMillis(40);
    private static final int AT_ONCE = 4;
    private static final int SAMPLE = 4;

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    /** Who dies at which statement; nobody at no statement. */
    private record Fate(Moment moment, Death death) {

        @Override
        public String toString() {
            return death + " " + moment;
        }
    }

    @Test
    @Timeout(300)
    void bothSidesEndEqualAfterASampleOfDeaths() throws Exception {
        long seed = Long.getLong("londiste.seed", System.nanoTime());
        var fates = new ArrayList<>(fates());
        Collections.shuffle(fates, new Random(seed));
        assertThat(failures(fates.subList(0, SAMPLE)))
                .as("-Dlondiste.seed=%s", seed)
                .isEmpty();
    }

    @Test
    @Tag("soak")
    @Timeout(7200)
    void bothSidesEndEqualAfterEveryDeath() throws Exception {
        int part = Integer.getInteger("londiste.soak.part", 1);
        int parts = Integer.getInteger("londiste.soak.parts", 1);
        var all = fates();
        var fates = IntStream.range(0, all.size())
                .filter(i -> i % parts == part % parts)
                .mapToObj(all::get)
                .toList();
        LOG.info("{} deaths of {}", fates.size(), all.size());
        assertThat(failures(fates)).isEmpty();
    }

    private static List<Fate> fates() throws Exception {
        return live(new Fate(null, null)).stream()
                .sorted(Comparator.comparing(Moment::toString))
                .flatMap(moment -> Stream.of(Death.values()).map(death -> new Fate(moment, death)))
                .toList();
    }

    private static Queue<String> failures(List<Fate> fates) throws InterruptedException {
        var failures = new ConcurrentLinkedQueue<String>();
        var executor = Executors.newFixedThreadPool(AT_ONCE);
        try {
            executor.invokeAll(fates.stream()
                    .<Callable<Void>>map(fate -> () -> {
                        try {
                            live(fate);
                        } catch (Exception | AssertionError e) {
                            LOG.error("{}", fate, e);
                            failures.add(fate + "\n  " + e);
                        }
                        return null;
                    })
                    .toList());
        } finally {
            executor.shutdownNow();
        }
        return failures;
    }

    /** Answers which moments there were. */
    private static List<Moment> live(Fate fate) throws Exception {
        var shop = new Shop(provider, subscriber).create();
        shop.onBoth(
                        "create table $s.p (id int primary key);"
                                + " create table $s.t (id int primary key, code int not null unique, note text, p int references $s.p)")
                .onProvider(
                        "insert into $s.p select generate_series(1, 9);"
                                + " insert into $s.t select 2 * i, i, repeat('x', 20), i % 9 + 1 from generate_series(1, 700) i")
                .add("t", "p");
        try (var death = new DeathAtMoment(shop, "t", fate.moment(), fate.death());
                var load = new SwapLoad(shop, "t", PAUSE).start()) {
            survive(shop, load, death);
            LOG.info("{} {}", death.hasStruck() ? "struck" : "not reached:", fate);
            shop.onBoth("drop schema $s cascade");
            return death.seen();
        }
    }

    /** A process that dies is followed by another one. */
    private static void survive(Shop shop, SwapLoad load, DeathAtMoment death) {
        var processes = new ConcurrentLinkedDeque<ReplayLoop>();
        processes.add(death.replay(FINE));
        var next = death.ofProcess()
                .thenRun(() -> processes.push(death.undisturbed(FINE).start()));
        try {
            processes.element().start();
            Shop.await().until(() -> isAllDone(shop));
            load.stop();
            shop.awaitSync();
            Shop.await().until(() -> isAllDone(shop) && !hasCopyConsumers(shop));
            next.cancel(false);
            endedEqual(shop);
            assertThat(processes.element().copies().errors()).isEmpty();
        } finally {
            processes.forEach(ReplayLoop::close);
        }
    }

    private static boolean isAllDone(Shop shop) {
        return shop.isInSync() && pendingKeys(shop).isEmpty();
    }

    private static List<?> pendingKeys(Shop shop) {
        return subscriber.rows("select from londiste.subscriber_pending_fkeys where from_table = ?", shop.table("t"));
    }

    private static boolean hasCopyConsumers(Shop shop) {
        return !provider.rows(
                        "select from pgq.get_consumer_info(?) where consumer_name like ?",
                        shop.queue(),
                        shop.job() + "_copy_%")
                .isEmpty();
    }

    private static void endedEqual(Shop shop) {
        assertThat(shop.isEqual("t")).as("t is equal").isTrue();
        assertThat(shop.isEqual("p")).as("p is equal").isTrue();
        assertThat(subscriber.rows(
                        "select conname from pg_constraint where conrelid = ?::regclass and convalidated and contype <> 'n'",
                        shop.table("t")))
                .as("primary key, unique key and foreign key")
                .hasSize(3);
        assertThat(subscriber.rows("select from londiste.completed where consumer_id like ?", shop.job() + "_copy_%"))
                .as("positions of copies")
                .isEmpty();
    }
}
