package dev.londiste.replication.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.replication.copy.CopyOptions;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.Mirror;
import dev.londiste.replication.sync.MirrorQueue;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.function.Function;

/**
 * Three databases in a row: a shop from the provider to the middle, which mirrors the queue that it follows, and a job from
 * that mirror to the leaf.
 */
public final class Cascade {

    private final TestDatabase middle;
    private final TestDatabase leaf;
    private final Shop shop;

    public Cascade(TestDatabase provider, TestDatabase middle, TestDatabase leaf) {
        this.middle = middle;
        this.leaf = leaf;
        this.shop = new Shop(provider, middle).create();
        leaf.execute(shop.sql("create schema $s"));
    }

    /** From the provider to the middle. */
    public Shop shop() {
        return shop;
    }

    /** The queue of the middle. */
    public String mirror() {
        return shop.queue() + "_mirror";
    }

    public String leafJob() {
        return shop.job() + "_leaf";
    }

    public Cascade onAll(String sql) {
        shop.onBoth(sql);
        return onLeaf(sql);
    }

    public Cascade onLeaf(String sql) {
        leaf.execute(shop.sql(sql));
        return this;
    }

    public ReplayLoop toMiddle() {
        return toMiddle(this::mirror);
    }

    public ReplayLoop toMiddle(Function<Job, Mirror> mirror) {
        return new ReplayLoop(
                shop.provider().dataSource(),
                middle.dataSource(),
                shop.queue(),
                shop.job(),
                CopyOptions.DEFAULT,
                mirror);
    }

    public Mirror mirror(Job job) {
        return new MirrorQueue(job, mirror());
    }

    public ReplayLoop toLeaf() {
        return new ReplayLoop(middle.dataSource(), leaf.dataSource(), mirror(), leafJob());
    }

    /** What operations on middle and leaf take. */
    public Job jobOfLeaf() {
        return new Job(leafJob(), mirror(), leafJob(), middle.dataSource(), leaf.dataSource(), Duration.ofSeconds(30));
    }

    /** Registers tables, which are in sync in the middle, on the mirror and on the leaf. */
    public Cascade addToLeaf(String... tables) {
        for (var table : tables) {
            middle.rows("select londiste.provider_add_table(?, ?)", mirror(), shop.table(table));
            leaf.rows("select londiste.subscriber_add_table(?, ?)", mirror(), shop.table(table));
        }
        return this;
    }

    /** Waits until the leaf has everything that is on the provider now. */
    public void awaitLeaf() {
        long tick = shop.forceTick();
        Shop.await().untilAsserted(() -> {
            assertThat(leaf.rows(
                            "select table_name, merge_state, snapshot, parked_reason from londiste.subscriber_table"
                                    + " where queue_name = ? and (merge_state is distinct from 'ok' or snapshot is not null)",
                            mirror()))
                    .as("tables on the way")
                    .isEmpty();
            assertThat(positionOfLeaf()).isGreaterThanOrEqualTo(tick);
        });
    }

    /** The tick that the leaf has applied; 0 before the first. */
    public long positionOfLeaf() {
        var rows = leaf.rows("select last_tick_id from londiste.completed where consumer_id = ?", leafJob());
        return rows.isEmpty() ? 0 : (Long) rows.get(0).get("last_tick_id");
    }

    /** Whether a table is the same on all three. */
    public boolean isEqual(String table) {
        var content = shop.checksum(shop.provider(), table);
        return content.equals(shop.checksum(middle, table)) && content.equals(shop.checksum(leaf, table));
    }
}
