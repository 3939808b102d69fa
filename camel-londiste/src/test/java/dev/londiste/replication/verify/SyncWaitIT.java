package dev.londiste.replication.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(120)
class SyncWaitIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private final List<SyncProgress> told = new ArrayList<>();
    private Shop shop;
    private SyncWait wait;

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
        shop.onBoth("create table $s.a (id int primary key)")
                .onBoth("create table $s.b (id int primary key)")
                .onProvider("insert into $s.a select generate_series(1, 100)")
                .add("a", "b");
        wait = new SyncWait(
                new Job(
                        shop.job(),
                        shop.queue(),
                        shop.job(),
                        provider.dataSource(),
                        subscriber.dataSource(),
                        Duration.ofSeconds(10)),
                told::add);
    }

    @Test
    void waitsUntilTablesAreOkAndWhatWasCommittedBeforeIsApplied() throws Exception {
        shop.onProvider("insert into $s.b values (1)");
        var waiting = CompletableFuture.supplyAsync(() -> wait.await(TablePatterns.of(), Duration.ZERO));
        Shop.await().until(() -> !told.isEmpty());
        assertThat(told.get(0))
                .extracting(SyncProgress::tablesOk, SyncProgress::tables)
                .containsExactly(0, 2);
        assertThat(waiting).isNotDone();
        try (var replay = shop.replay().start()) {
            var rows = waiting.get(60, TimeUnit.SECONDS);
            assertThat(rows).extracting(row -> row.get("state")).containsExactly("ok", "ok");
            assertThat(told.get(told.size() - 1)).matches(SyncProgress::isInSync);
            assertThat(shop.isEqual("a")).isTrue();
            assertThat(shop.isEqual("b")).isTrue();
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void whatIsCommittedBeforeTheCallIsWaitedForWhenTablesAreOkAlready() {
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            for (int i = 1000; i < 1003; i++) {
                shop.onProvider("insert into $s.a values (" + i + ")");
                wait.await(new TablePatterns(List.of(shop.table("a"))), Duration.ofSeconds(60));
                assertThat(shop.isEqual("a")).isTrue();
            }
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void aSentenceSaysWhatIsMissingWhenTimeIsUp() {
        assertThatThrownBy(() -> wait.await(TablePatterns.of(), Duration.ofMillis(200)))
                .hasMessageMatching("Job .* is not in sync after 200 ms: table .*\\.a is NEW, table .*\\.b is NEW, "
                        + "the replay is at tick null and has to reach \\d+");
    }

    @Test
    void aTableThatCannotComeInSyncIsNotWaitedFor() {
        subscriber.execute(
                "update londiste.subscriber_table set parked_reason = 'its columns differ' where table_name = '"
                        + shop.table("b") + "'");
        assertThatThrownBy(() -> wait.await(TablePatterns.of(), Duration.ZERO))
                .hasMessageContaining("is parked and will not come in sync: its columns differ");
        assertThatThrownBy(() -> wait.await(new TablePatterns(List.of(shop.table("none"))), Duration.ZERO))
                .hasMessageContaining("is not registered on the subscriber");
    }
}
