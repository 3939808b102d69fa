package dev.londiste.replication.switchover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.replication.admin.Provider;
import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.testing.ReplayLoop;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(180)
class SwitchOverIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    static final TestDatabase one = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase other = TestDatabase.withLondiste();

    private Shop shop;

    @BeforeEach
    void setUp() {
        shop = new Shop(one, other).create();
        shop.onBoth("create table $s.t (id serial primary key, name text)").add("t");
        one.rows("select londiste.provider_add_seq(?, ?)", shop.queue(), shop.table("t_id_seq"));
        other.rows("select londiste.subscriber_add_seq(?, ?)", shop.queue(), shop.table("t_id_seq"));
    }

    private ReplayLoop back() {
        return new ReplayLoop(other.dataSource(), one.dataSource(), shop.queue(), shop.job());
    }

    private static Job jobOf(ReplayLoop replay) {
        return replay.job();
    }

    @Test
    void rolesAreReversedAndReversedAgainWithoutALoss() {
        shop.onProvider("insert into $s.t (name) select 'x' from generate_series(1, 10)");
        Job job;
        try (var replay = shop.replay().start()) {
            job = jobOf(replay);
            shop.awaitSync();
            shop.onProvider("insert into $s.t (name) values ('last')");
            assertThat(new SwitchOver(job).run(PATIENCE))
                    .allSatisfy(row -> assertThat(row).containsKeys("step", "changed"));
            assertThatThrownBy(() -> shop.onProvider("insert into $s.t (name) values ('late')"))
                    .hasStackTraceContaining("denied");
            assertThat(shop.isEqual("t")).isTrue();
        }
        assertThat(new SwitchOver(job).run(PATIENCE))
                .extracting(row -> row.get("step"))
                .doesNotContain("capture");
        Job reversed;
        try (var replay = back().start()) {
            reversed = jobOf(replay);
            shop.onSubscriber("insert into $s.t (name) values ('on the other side'); update $s.t set name = 'y'"
                    + " where id = 1");
            Shop.await().until(() -> shop.isEqual("t"));
            assertThat(shop.content(one, "t")).hasSize(12);
            new SwitchOver(reversed).run(PATIENCE);
        }
        try (var replay = shop.replay().start()) {
            shop.onProvider("insert into $s.t (name) values ('home again')");
            Shop.await().until(() -> shop.isEqual("t"));
            assertThat(shop.content(other, "t")).hasSize(13);
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void nothingIsLostWhileTheOldRouteRunsOnBesideTheNewOne() throws Exception {
        var writer = new MovingWriter();
        Job job;
        try (var old = shop.replay().start()) {
            job = jobOf(old);
            shop.awaitSync();
            var writing = CompletableFuture.runAsync(writer);
            Shop.await().until(() -> writer.written.get() > 20);
            new SwitchOver(job).run(PATIENCE);
            writer.moved = true;
            int before = writer.written.get();
            try (var now = back().start()) {
                Shop.await().until(() -> writer.written.get() > before + 50);
                assertThat(now.lastError()).isNull();
            }
            writer.ended = true;
            writing.get(60, TimeUnit.SECONDS);
        }
        new SwitchOver(job).run(PATIENCE);
        try (var now = back().start()) {
            Shop.await().until(() -> shop.isEqual("t"));
            assertThat(shop.content(one, "t")).hasSize(writer.written.get());
            assertThat(now.lastError()).isNull();
        }
        // Neither side keeps anything of the old direction.
        assertThat(one.rows("select consumer_name from pgq.get_consumer_info(?)", shop.queue()))
                .isEmpty();
        assertThat(other.rows("select table_name from londiste.subscriber_table where queue_name = ?", shop.queue()))
                .isEmpty();
        assertThat(other.rows("select consumer_id from londiste.completed where queue_name = ?", shop.queue()))
                .isEmpty();
    }

    /** An application: it writes to the provider until that refuses, and goes over when it is told to. */
    private final class MovingWriter implements Runnable {

        private final AtomicInteger written = new AtomicInteger();
        private volatile boolean moved;
        private volatile boolean ended;

        @Override
        public void run() {
            while (!ended) {
                try {
                    (moved ? other : one).execute(shop.sql("insert into $s.t (name) values ('written')"));
                    written.incrementAndGet();
                } catch (IllegalStateException e) {
                    assertThat(e).hasStackTraceContaining("denied");
                }
            }
        }
    }

    @Test
    void switchOverThatCannotFinishIsUndone() {
        try (var replay = shop.replay()) {
            assertThatThrownBy(() -> new SwitchOver(jobOf(replay)).run(Duration.ofMillis(300)))
                    .hasMessageContaining("not in sync");
        }
        assertThatThrownBy(() -> shop.onProvider("insert into $s.t (name) values ('denied')"))
                .hasStackTraceContaining("denied");
        new Provider(one.dataSource(), shop.queue(), PATIENCE).denyWrites(TablePatterns.ALL, false);
        shop.onProvider("insert into $s.t (name) values ('allowed')");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThat(shop.isEqual("t")).isTrue();
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void tableThatTheSubscriberLacksIsNamed() {
        shop.onProvider("create table $s.more (id int primary key)").addToProvider("more");
        try (var replay = shop.replay()) {
            assertThatThrownBy(() -> new SwitchOver(jobOf(replay)).run(PATIENCE))
                    .hasMessageContaining(shop.table("more") + " is not replicated");
        }
    }

    /** The new provider would lack them for good: SWITCH_OVER forgets the failed queue with the tables. */
    @Test
    void failedEventsAreNotLeftBehind() {
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            shop.onSubscriber("alter table $s.t add constraint good check (name <> 'bad');"
                    + " update londiste.subscriber_table set on_failure = 'FAILED_QUEUE' where table_name = '$s.t'");
            shop.onProvider("insert into $s.t (name) values ('bad')");
            Shop.await()
                    .until(() -> !other.rows("select from londiste.failed_events(?)", shop.queue())
                            .isEmpty());

            assertThatThrownBy(() -> new SwitchOver(jobOf(replay)).run(PATIENCE))
                    .hasMessageContaining("Changes of table " + shop.table("t") + " failed on the subscriber");
            shop.onProvider("insert into $s.t (name) values ('still allowed')");
        }
    }
}
