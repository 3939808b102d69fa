package dev.londiste.replication.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.replication.admin.AttributeChanges;
import dev.londiste.replication.admin.Provider;
import dev.londiste.replication.admin.ProviderScripts;
import dev.londiste.replication.admin.Resend;
import dev.londiste.replication.admin.Subscriber;
import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.testing.Cascade;
import dev.londiste.replication.testing.ReplayLoop;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is done at the head of a cascade, and arrives at its end; and what is done in its middle. */
@Timeout(180)
class CascadeIT {

    private static final Duration LOCK_TIMEOUT = Duration.ofMinutes(1);

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase middle = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase leaf = TestDatabase.withLondiste();

    private Cascade cascade;
    private Shop shop;
    private ReplayLoop first;
    private ReplayLoop second;

    @BeforeEach
    void setUp() {
        cascade = new Cascade(provider, middle, leaf);
        shop = cascade.shop();
        cascade.onAll("create table $s.t (id int primary key, name text)");
        shop.onProvider("insert into $s.t select i, 'old' from generate_series(1, 20) i")
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
    }

    private ProviderScripts scripts(TestDatabase database, String queue) {
        return new ProviderScripts(database.dataSource(), queue, LOCK_TIMEOUT);
    }

    private void assertEqualWithoutErrors() {
        cascade.awaitLeaf();
        assertThat(cascade.isEqual("t")).isTrue();
        assertThat(first.lastError()).isNull();
        assertThat(second.lastError()).isNull();
    }

    @Test
    void C36_scriptRunsOnceInOrderInTheMiddleAndOnTheLeaf() {
        var scripts = scripts(provider, shop.queue());
        // Each step needs the one before it, and none of them can be done twice.
        shop.onProvider("insert into $s.t values (100, 'before')");
        scripts.execute(
                "more", shop.sql("alter table $s.t add w int default 7; alter table $s.t rename name to v"), false);
        shop.onProvider("insert into $s.t values (101, 'between', 1); update $s.t set w = 8 where id = 100");
        scripts.execute("wide", shop.sql("alter table $s.t alter id type bigint; alter table $s.t drop w"), false);
        shop.onProvider("insert into $s.t values (5000000000, 'after'); update $s.t set id = -id where id = 5");
        assertEqualWithoutErrors();
        assertThat(new Provider(middle.dataSource(), cascade.mirror(), LOCK_TIMEOUT).tables())
                .singleElement()
                .satisfies(row -> assertThat(row).containsEntry("key_columns", List.of("id")));
        assertThat(middle.rows("select * from londiste.provider_problems(?)", cascade.mirror()))
                .as("what the mirror knows of its tables")
                .isEmpty();
    }

    @Test
    void C36_scriptThatFailsOnTheLeafStopsTheLeafOnly() {
        cascade.onLeaf("alter table $s.t add w int");
        scripts(provider, shop.queue()).execute("more", shop.sql("alter table $s.t add w int"), false);
        Shop.await().until(() -> second.lastError() != null);
        assertThat(second.lastError()).hasMessageContainingAll("Script more", "42701");
        shop.onProvider("insert into $s.t values (100, 'goes on', 1)").awaitSync();
        assertThat(first.lastError()).isNull();
        cascade.onLeaf("alter table $s.t drop w");
        cascade.awaitLeaf();
        assertThat(cascade.isEqual("t")).isTrue();
    }

    @Test
    void eventsAreMadeAtTheHeadOnly() {
        var scripts = scripts(middle, cascade.mirror());
        assertThatThrownBy(() -> scripts.execute("here", shop.sql("alter table $s.t add w int"), false))
                .hasMessageContaining("is a mirror of queue " + shop.queue());
        assertThatThrownBy(() -> scripts.detach(shop.table("t"), shop.table("t"), false))
                .hasMessageContaining("is a mirror of queue " + shop.queue());
        var filter = new AttributeChanges("id < 10", null, null, null, null);
        assertThatThrownBy(() -> new Subscriber(cascade.jobOfLeaf()).set(TablePatterns.of(shop.table("t")), filter))
                .hasMessageContaining("a row filter needs them");
        assertEqualWithoutErrors();
    }

    @Test
    void resentRowsOfTheMiddleComeInOrderWithItsChanges() throws Exception {
        middle.rows("select pgq.register_consumer(?, 'late')", cascade.mirror());
        var resend = new Resend(middle.dataSource(), cascade.mirror(), LOCK_TIMEOUT);
        try (var late = provider.connect()) {
            late.setAutoCommit(false);
            // Its event has a smaller id than all that follow, and comes after them.
            late.createStatement().execute(shop.sql("update $s.t set name = 'new' where id = 3"));
            shop.onProvider("update $s.t set name = 'seen' where id = 4").awaitSync();
            assertThat(resend.send("late", shop.table("t"), "id <= 15", null, 0))
                    .containsEntry("rows_sent", 15L);
            late.commit();
        }
        shop.onProvider("delete from $s.t where id = 4");
        assertEqualWithoutErrors();

        assertThat(eventsOf(3)).containsExactly("I:id true old", "U:id false new");
        assertThat(eventsOf(4)).containsExactly("U:id false seen", "I:id true seen", "D:id false seen");
    }

    /** The events of a row in the mirror as a consumer sees them: one batch after the other, by id within each. */
    private List<String> eventsOf(int key) {
        int queue = middle.value("select queue_id from pgq.queue where queue_name = '" + cascade.mirror() + "'");
        return middle
                .rows(
                        "select ev_type || ' ' || (ev_owner is not null) || ' ' || (ev_data::json ->> 'name') as event"
                                + " from pgq.event_" + queue + " e where (ev_data::json ->> 'id')::int = ? order by"
                                + " (select min(tick_id) from pgq.tick where tick_queue = " + queue
                                + " and txid_visible_in_snapshot(e.ev_txid, tick_snapshot)), ev_id",
                        key)
                .stream()
                .map(row -> (String) row.get("event"))
                .toList();
    }

    @Test
    void rowsResentToTheJobItselfAreWrittenAnewDownTheCascade() {
        var overwrite = new AttributeChanges(null, null, null, "OVERWRITE", null);
        new Subscriber(first.job()).set(TablePatterns.of(shop.table("t")), overwrite);
        new Subscriber(cascade.jobOfLeaf()).set(TablePatterns.of(shop.table("t")), overwrite);
        middle.execute(shop.sql("delete from $s.t where id = 1; update $s.t set name = 'spoiled' where id = 2"));
        cascade.onLeaf("delete from $s.t where id in (1, 3); update $s.t set name = 'spoiled' where id = 4");
        new Resend(provider.dataSource(), shop.queue(), LOCK_TIMEOUT).send(shop.job(), shop.table("t"), null, null, 0);
        assertEqualWithoutErrors();
    }

    @Test
    void scriptsGoOnInAPromotedMiddle() {
        scripts(provider, shop.queue()).execute("more", shop.sql("alter table $s.t add w int"), false);
        assertEqualWithoutErrors();
        first.close();
        new Provider(middle.dataSource(), cascade.mirror(), LOCK_TIMEOUT).promote();
        middle.execute(shop.sql("insert into $s.t values (100, 'after', 1)"));
        scripts(middle, cascade.mirror()).execute("less", shop.sql("alter table $s.t drop w"), false);
        middle.execute(shop.sql("insert into $s.t values (101, 'after')"));
        long tick = middle.value("select pgq_client.tick_now(?)", cascade.mirror());
        Shop.await().until(() -> cascade.positionOfLeaf() >= tick);
        assertThat(shop.checksum(leaf, "t")).isEqualTo(shop.checksum(middle, "t"));
        assertThat(second.lastError()).isNull();
    }
}
