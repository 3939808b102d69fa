package dev.londiste.replication.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.replication.admin.Resend;
import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.testing.Cascade;
import dev.londiste.replication.testing.ReplayLoop;
import dev.londiste.replication.testing.Shop;
import dev.londiste.replication.testing.WriteLoad;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The leaf of a cascade against its middle, whose mirror has the ticks of the provider and takes none of its own. */
@Timeout(180)
class MirroredTablesIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase middle = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase leaf = TestDatabase.withLondiste();

    private Cascade cascade;
    private Shop shop;
    private Verified verified;
    private ReplayLoop first;
    private ReplayLoop second;

    @BeforeEach
    void setUp() {
        cascade = new Cascade(provider, middle, leaf);
        shop = cascade.shop();
        verified = new Verified(shop, cascade.jobOfLeaf());
        cascade.onAll("create table $s.t (id int primary key, value int, note text)");
        shop.onProvider("insert into $s.t select i, 0, 'x' from generate_series(1, 1000) i")
                .add("t");
        first = cascade.toMiddle().start();
        shop.awaitSync();
        cascade.addToLeaf("t");
        second = cascade.toLeaf().start();
        cascade.awaitLeaf();
    }

    @AfterEach
    void tearDown() {
        first.close();
        second.close();
        verified.close();
    }

    @Test
    void C39_leafIsComparedWithTheMiddleBesideWritersAndBothReplays() throws Exception {
        try (var load = new WriteLoad(shop, "t").start()) {
            for (boolean checksum : new boolean[] {false, true}) {
                load.awaitMore(5);
                assertThat(verified.comparison(VerificationListener.NONE).compare(TablePatterns.of(), checksum, false))
                        .hasSize(1)
                        .allMatch(row -> row.get("equal").equals(true));
            }
            load.stop();
        }
        assertThat(first.lastError()).isNull();
        assertThat(second.lastError()).isNull();
    }

    @Test
    void C40_leafIsRepairedFromTheMiddleBesideWritersAndBothReplays() throws Exception {
        cascade.onLeaf("update $s.t set value = -1 where id % 10 = 3; delete from $s.t where id % 10 = 4");
        try (var load = new WriteLoad(shop, "t").start()) {
            load.awaitMore(5);
            assertThat(verified.repair("t", true).get("differences")).isNotNull();
            load.stop();
        }
        cascade.awaitLeaf();
        assertThat(verified.compare("t")).containsEntry("equal", true);
        assertThat(cascade.isEqual("t")).isTrue();
    }

    @Test
    void leafIsComparedWhileTheProviderIsAwayAndTheMiddleStands() {
        first.close();
        shop.onProvider("insert into $s.t values (2000, 0)");
        cascade.onLeaf("update $s.t set value = -1 where id = 7");
        assertThat(Verified.differences(verified.compare("t"))).containsExactly("changed 7");
        assertThat(new SyncWait(cascade.jobOfLeaf(), progress -> {}).await(TablePatterns.of(), Duration.ofSeconds(30)))
                .hasSize(1);
    }

    private void park() {
        middle.rows("select londiste.park_table(?, ?, 'by hand')", shop.queue(), shop.table("t"));
    }

    @Test
    void C40_leafIsNotRepairedFromATableThatTheMiddleHasParked() {
        park();
        shop.onProvider("insert into $s.t values (2000, 0); delete from $s.t where id = 7")
                .forceTick();
        cascade.awaitLeaf();
        var ofTheLeaf = shop.checksum(leaf, "t");
        assertThat(ofTheLeaf).isEqualTo(shop.checksum(provider, "t")).isNotEqualTo(shop.checksum(middle, "t"));
        assertThatThrownBy(() -> verified.repair("t", true))
                .hasMessageContainingAll("mirror " + cascade.mirror(), "it is parked");
        assertThatThrownBy(() -> verified.compare("t")).hasMessageContaining("it is parked");
        assertThat(shop.checksum(leaf, "t")).isEqualTo(ofTheLeaf);
    }

    @Test
    void C40_tableThatIsParkedWhileTheLeafIsReadIsNotBelieved() {
        var job = cascade.jobOfLeaf();
        try (var lock = ProviderLock.request(
                job, new VerifiedTables(job).select(TablePatterns.of()).get(0))) {
            lock.awaitReplay();
            park();
            assertThatThrownBy(lock::requireHeld).hasMessageContaining("it is parked");
        }
    }

    @Test
    void C40_rowsOfATableThatIsNotInSyncAreNotResent() {
        first.close();
        middle.rows("select londiste.resync_table(?, ?, ?)", shop.job(), shop.queue(), shop.table("t"));
        middle.execute(shop.sql("truncate $s.t"));
        assertThatThrownBy(() -> new Resend(middle.dataSource(), cascade.mirror(), Duration.ofSeconds(30))
                        .send(cascade.leafJob(), shop.table("t"), null, null, 0))
                .hasMessageContainingAll("rows of table " + shop.table("t"), "it is not in sync yet: NEW");
    }
}
