package dev.londiste.replication.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.BatchParticipant.Stance;
import dev.londiste.pgq.LostPositionException;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.admin.CaptureOptions;
import dev.londiste.replication.admin.JobRegistration;
import dev.londiste.replication.admin.Provider;
import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.testing.Cascade;
import dev.londiste.replication.testing.ReplayLoop;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cascade: provider, middle, leaf. The middle mirrors the queue that it follows, and the leaf follows the mirror. */
@Timeout(180)
class MirrorIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase middle = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase leaf = TestDatabase.withLondiste();

    private Cascade cascade;
    private Shop shop;
    private String mirror;

    @BeforeEach
    void setUp() {
        cascade = new Cascade(provider, middle, leaf);
        shop = cascade.shop();
        mirror = cascade.mirror();
        cascade.onAll("create table $s.t (id int primary key, name text); create table $s.u (id int primary key)");
        shop.add("t", "u");
    }

    /** Dies after the commit of batch and mirrored events, before the tick. */
    private Mirror dyingMirror(Job job) {
        var mirrors = cascade.mirror(job);
        return new Mirror() {
            @Override
            public void idle() {
                mirrors.idle();
            }

            @Override
            public void beginning(Batch batch) {
                mirrors.beginning(batch);
            }

            @Override
            public Events open(JdbcSession session, Batch batch) {
                return mirrors.open(session, batch);
            }

            @Override
            public void ticked(Batch batch) {
                throw new IllegalStateException("died");
            }
        };
    }

    private List<Map<String, Object>> ticks(TestDatabase database, String queue) {
        return database.rows(
                "select tick_id, tick_time from pgq.tick join pgq.queue on queue_id = tick_queue where queue_name = ?"
                        + " and tick_id > 1 order by 1",
                queue);
    }

    private List<Map<String, Object>> events(TestDatabase database, String queue) {
        int id = database.value("select queue_id from pgq.queue where queue_name = ?", queue);
        return database.rows("select ev_id, ev_time, ev_type, ev_data, ev_extra1, ev_extra2 from pgq.event_" + id
                + " where ev_extra1 is not null order by 1");
    }

    @Test
    void C37_leafFollowsTheProviderThroughTheMiddle() {
        shop.onProvider("insert into $s.t select i, 'copied' from generate_series(1, 100) i");
        try (var first = cascade.toMiddle().start()) {
            shop.awaitSync();
            cascade.addToLeaf("t", "u");
            try (var second = cascade.toLeaf().start()) {
                cascade.awaitLeaf();
                shop.onProvider("update $s.t set name = 'changed' where id < 50; delete from $s.t where id > 90;"
                        + " insert into $s.u values (1); truncate $s.u; insert into $s.u values (2)");
                cascade.awaitLeaf();
                assertThat(List.of("t", "u")).allMatch(cascade::isEqual);
                assertThat(second.lastError()).isNull();
            }
            assertThat(first.lastError()).isNull();
        }
        var mirrored = events(middle, mirror);
        var sent = events(provider, shop.queue());
        assertThat(sent.subList(sent.size() - mirrored.size(), sent.size())).isEqualTo(mirrored);
        assertThat(mirrored).extracting(row -> row.get("ev_type")).contains("R");
        assertThat(ticks(provider, shop.queue()))
                .containsAll(ticks(middle, mirror).subList(1, 3));
    }

    @Test
    void C37_missingTickComesBeforeTheNextEvents() {
        try (var replay = cascade.toMiddle().start()) {
            shop.awaitSync();
            cascade.addToLeaf("t", "u");
            assertThat(replay.lastError()).isNull();
        }
        shop.onProvider("insert into $s.t values (1, 'x')");
        shop.forceTick();
        long committed;
        try (var dying = cascade.toMiddle(this::dyingMirror)) {
            var batch = dying.next();
            committed = batch.tick().id();
            assertThat(dying.replay().begin(batch)).isEqualTo(Stance.ACTIVE);
            dying.accept(batch);
            assertThatThrownBy(() -> dying.replay().commit(batch)).hasMessage("died");
        }
        assertThat(shop.content(middle, "t")).hasSize(1);
        assertThat(ticks(middle, mirror)).extracting(row -> row.get("tick_id")).doesNotContain(committed);
        shop.onProvider("update $s.t set name = 'y'");
        try (var first = cascade.toMiddle().start();
                var second = cascade.toLeaf().start()) {
            shop.awaitSync();
            cascade.awaitLeaf();
            assertThat(List.of("t", "u")).allMatch(cascade::isEqual);
            assertThat(first.lastError()).isNull();
            assertThat(second.lastError()).isNull();
        }
        assertThat(ticks(middle, mirror)).extracting(row -> row.get("tick_id")).contains(committed);
    }

    /** Leaf and middle are in sync, and nothing runs. */
    private void syncAndStop() {
        try (var first = cascade.toMiddle().start()) {
            shop.awaitSync();
            cascade.addToLeaf("t", "u");
            try (var second = cascade.toLeaf().start()) {
                cascade.awaitLeaf();
                assertThat(second.lastError()).isNull();
            }
            assertThat(first.lastError()).isNull();
        }
    }

    private void awaitLostPosition(ReplayLoop loop, String... sentence) {
        Shop.await()
                .untilAsserted(() -> assertThat(loop.lastError())
                        .isInstanceOf(LostPositionException.class)
                        .hasMessageContainingAll(sentence));
    }

    @Test
    void C37_aMirrorThatLacksEventsIsNeverTickedOn() {
        syncAndStop();
        long position = (Long) shop.position().get("last_tick_id");
        try (var withoutMirror = shop.replay().start()) {
            shop.onProvider("insert into $s.t values (1, 'past the mirror')").awaitSync();
            assertThat(withoutMirror.lastError()).isNull();
        }
        shop.onProvider("insert into $s.t values (2, 'x')").forceTick();
        try (var first = cascade.toMiddle().start();
                var second = cascade.toLeaf().start()) {
            awaitLostPosition(first, "Mirror " + mirror, "up to tick " + position, "SUBSCRIBER_RESET with force");
            assertThat(shop.content(middle, "t")).hasSize(1);
            assertThat(cascade.positionOfLeaf()).isLessThanOrEqualTo(position);
            assertThat(new JobRegistration(first.job()).reset(false))
                    .extracting(row -> row.get("changed"))
                    .containsExactly(false);
            assertThat(new JobRegistration(first.job()).reset(true))
                    .extracting(row -> row.get("changed"))
                    .containsExactly(true);
            shop.awaitSync();
            assertThat(shop.isEqual("t")).isTrue();
            awaitLostPosition(second, "the mirror of queue " + shop.queue() + " lacks events after tick " + position);
            assertThat(shop.content(leaf, "t")).isEmpty();
            middle.rows("select pgq_client.maintain(?)", mirror);
            new JobRegistration(cascade.jobOfLeaf()).unregister();
            cascade.awaitLeaf();
            assertThat(cascade.isEqual("t")).isTrue();
        }
    }

    @Test
    void C37_aBatchThatWasAppliedWithoutTheMirrorGetsNoTickThere() {
        syncAndStop();
        long position = (Long) shop.position().get("last_tick_id");
        shop.onProvider("insert into $s.t values (1, 'past the mirror')").forceTick();
        try (var withoutMirror = shop.replay()) {
            var batch = withoutMirror.next();
            assertThat(withoutMirror.replay().begin(batch)).isEqualTo(Stance.ACTIVE);
            withoutMirror.accept(batch);
            withoutMirror.replay().commit(batch);
        }
        try (var first = cascade.toMiddle().start();
                var second = cascade.toLeaf().start()) {
            shop.forceTick();
            awaitLostPosition(first, "Mirror " + mirror);
            assertThat(cascade.positionOfLeaf()).isLessThanOrEqualTo(position);
            assertThat(second.lastError()).isNull();
        }
    }

    /** Those of versions that did not write it down. */
    @Test
    void C37_aMirrorThatDoesNotKnowHowFarItIsGoesOn() {
        syncAndStop();
        middle.execute("update londiste.link set mirrored_tick = null, mirrored_tick_time = null");
        shop.onProvider("insert into $s.t values (1, 'x')");
        try (var first = cascade.toMiddle().start();
                var second = cascade.toLeaf().start()) {
            cascade.awaitLeaf();
            assertThat(cascade.isEqual("t")).isTrue();
            assertThat(first.lastError()).isNull();
            assertThat(second.lastError()).isNull();
        }
        assertThat(middle.rows("select mirrored_tick from londiste.link where dest = ?", mirror))
                .extracting(row -> row.get("mirrored_tick"))
                .containsExactly(shop.position().get("last_tick_id"));
    }

    @Test
    void C18_whoeverFollowsTheMirrorHasLostItsPositionWithTheMiddle() {
        syncAndStop();
        try (var first = cascade.toMiddle();
                var second = cascade.toLeaf().start()) {
            new JobRegistration(first.job()).unregister();
            shop.onProvider("insert into $s.t values (1, 'copied again')");
            first.start();
            shop.awaitSync();
            awaitLostPosition(second, "the mirror of queue " + shop.queue() + " lacks events");
            assertThat(first.lastError()).isNull();
            new JobRegistration(cascade.jobOfLeaf()).unregister();
            cascade.awaitLeaf();
            assertThat(cascade.isEqual("t")).isTrue();
        }
    }

    @Test
    void C18_aMirrorBeginsAnewWithAQueueThatWasMadeAnew() {
        syncAndStop();
        middle.rows("select londiste.forget_position(?, ?)", shop.job(), shop.queue());
        for (var table : List.of("t", "u")) {
            provider.rows("select londiste.provider_remove_table(?, ?)", shop.queue(), shop.table(table));
        }
        provider.rows("select pgq.drop_queue(?, true)", shop.queue());
        provider.rows("select pgq.create_queue(?)", shop.queue());
        provider.rows("select pgq.set_queue_config(?, 'ticker_max_lag', '50 ms')", shop.queue());
        shop.addToProvider("t", "u").onProvider("insert into $s.t values (1, 'copied again')");
        try (var first = cascade.toMiddle().start();
                var second = cascade.toLeaf().start()) {
            shop.awaitSync();
            awaitLostPosition(second, "the mirror of queue " + shop.queue() + " lacks events");
            new JobRegistration(cascade.jobOfLeaf()).unregister();
            shop.onProvider("insert into $s.t values (2, 'replayed')");
            cascade.awaitLeaf();
            assertThat(cascade.isEqual("t")).isTrue();
            assertThat(first.lastError()).isNull();
        }
    }

    @Test
    void C37_removalTravelsThroughTheMirrorToo() {
        try (var first = cascade.toMiddle().start()) {
            shop.awaitSync();
            cascade.addToLeaf("t", "u");
            try (var second = cascade.toLeaf().start()) {
                cascade.awaitLeaf();
                provider.rows("select londiste.provider_remove_table(?, ?)", shop.queue(), shop.table("t"));
                cascade.awaitLeaf();
                assertThat(leaf.rows("select table_name from londiste.subscriber_table where queue_name = ?", mirror))
                        .containsExactly(Map.of("table_name", shop.table("u")));
                assertThat(middle.rows("select table_name from londiste.provider_table where queue_name = ?", mirror))
                        .hasSize(1);
                assertThat(second.lastError()).isNull();
            }
            assertThat(first.lastError()).isNull();
        }
    }

    @Test
    void tableThatIsNotInSyncInTheMiddleIsNotProvided() {
        try (var first = cascade.toMiddle().start()) {
            shop.awaitSync();
            assertThat(first.lastError()).isNull();
        }
        middle.rows("select londiste.resync_table(?, ?, ?)", shop.job(), shop.queue(), shop.table("t"));
        assertThatThrownBy(() -> middle.rows("select londiste.provider_add_table(?, ?)", mirror, shop.table("t")))
                .hasStackTraceContaining("it is not in sync yet: NEW");
    }

    @Test
    void promotedMiddleProvidesForTheLeafWithoutANewCopy() {
        try (var first = cascade.toMiddle().start()) {
            shop.awaitSync();
            cascade.addToLeaf("t", "u");
            try (var second = cascade.toLeaf().start()) {
                cascade.awaitLeaf();
                shop.onProvider("insert into $s.t values (1, 'before the fail-over')");
                cascade.awaitLeaf();
                assertThat(second.lastError()).isNull();
            }
            assertThat(first.lastError()).isNull();
        }
        var copied = copyAttempts();
        // The provider is lost here.
        var admin = new Provider(middle.dataSource(), mirror, Duration.ofSeconds(5));
        assertThat(admin.promote())
                .containsExactly(Map.of(
                        "queue_name", mirror, "tables_captured", 2, "tables_left_out", List.of(), "changed", true));
        assertThat(admin.promote()).extracting(row -> row.get("changed")).containsExactly(false);
        assertThat(admin.add(TablePatterns.of(shop.table("t")), CaptureOptions.DEFAULT))
                .extracting(row -> row.get("changed"))
                .containsExactly(false);
        middle.execute(shop.sql("insert into $s.t values (2, 'after it'); update $s.t set name = 'kept' where id = 1"));
        long tick = middle.value("select pgq_client.tick_now(?)", mirror);
        try (var second = cascade.toLeaf().start()) {
            Shop.await().until(() -> cascade.positionOfLeaf() >= tick);
            assertThat(shop.checksum(leaf, "t")).isEqualTo(shop.checksum(middle, "t"));
            assertThat(shop.content(leaf, "t")).hasSize(2);
            assertThat(second.lastError()).isNull();
        }
        assertThat(copyAttempts()).hasSize(2).isEqualTo(copied);
    }

    private List<Map<String, Object>> copyAttempts() {
        return leaf.rows(
                "select table_name, copy_attempt from londiste.subscriber_table where queue_name = ? order by 1",
                mirror);
    }

    private Provider admin() {
        return new Provider(middle.dataSource(), mirror, Duration.ofSeconds(5));
    }

    @Test
    void C17_promotionFencesTheReplayThatStillRuns() {
        provider.execute(shop.sql("create sequence $s.seq"));
        middle.execute(shop.sql("create sequence $s.seq"));
        provider.rows("select londiste.provider_add_seq(?, ?)", shop.queue(), shop.table("seq"));
        middle.rows("select londiste.subscriber_add_seq(?, ?)", shop.queue(), shop.table("seq"));
        syncAndStop();
        try (var first = cascade.toMiddle().start()) {
            shop.onProvider("insert into $s.t values (1, 'replayed'); select setval('$s.seq', 10)")
                    .awaitSync();
            assertThat(first.lastError()).isNull();
            admin().promote();
            middle.execute(shop.sql("select setval('$s.seq', 1000)"));
            // The old provider is not dead after all.
            shop.onProvider("insert into $s.t values (2, 'too late')").forceTick();
            Shop.await().until(() -> first.lastError() != null);
            assertThat(first.lastError()).hasMessageContainingAll("promoted", "end the replay");
            assertThat(events(middle, mirror).toString()).contains("replayed").doesNotContain("too late");
            assertThat(middle.<Long>value(shop.sql("select last_value from $s.seq")))
                    .isEqualTo(1000L);
            assertThat(shop.position()).isNull();
        }
        try (var withoutMirror = shop.replay().start()) {
            long tick = shop.forceTick();
            Shop.await().until(() -> shop.hasApplied(tick));
            assertThat(middle.<Long>value(shop.sql("select last_value from $s.seq")))
                    .isEqualTo(1000L);
            assertThat(withoutMirror.lastError()).isNull();
        }
    }

    @Test
    void C17_batchThatWasOpenWhenTheMirrorWasPromotedIsRolledBack() {
        syncAndStop();
        shop.onProvider("insert into $s.t values (1, 'too late')").forceTick();
        try (var first = cascade.toMiddle()) {
            var batch = first.next();
            assertThat(first.replay().begin(batch)).isEqualTo(Stance.ACTIVE);
            var impatient = new Provider(middle.dataSource(), mirror, Duration.ofMillis(300));
            assertThatThrownBy(impatient::promote).as("it waits for the batch").hasStackTraceContaining("lock timeout");
            middle.rows("delete from londiste.link where dest = ? returning source", mirror);
            first.accept(batch);
            assertThatThrownBy(() -> first.replay().commit(batch))
                    .isInstanceOf(LostPositionException.class)
                    .hasMessageContaining("is no mirror any more");
            assertThat(shop.content(middle, "t")).isEmpty();
        }
    }

    @Test
    void promotionLeavesOutTheTableThatIsNotInSync() {
        middle.execute(shop.sql("create index some_index on $s.u (id)"));
        syncAndStop();
        shop.onProvider("insert into $s.u values (7)");
        try (var first = cascade.toMiddle().start();
                var second = cascade.toLeaf().start()) {
            cascade.awaitLeaf();
            assertThat(first.lastError()).isNull();
            assertThat(second.lastError()).isNull();
        }
        // As a copy that has begun leaves it.
        middle.rows("select londiste.resync_table(?, ?, ?)", shop.job(), shop.queue(), shop.table("u"));
        middle.rows("select londiste.drop_table_indexes(?)", shop.table("u"));
        assertThat(admin().promote())
                .containsExactly(Map.of(
                        "queue_name",
                        mirror,
                        "tables_captured",
                        1,
                        "tables_left_out",
                        List.of(shop.table("u")),
                        "changed",
                        true));
        assertThat(middle.rows("select from pg_indexes where schemaname = ? and tablename = 'u'", shop.schema()))
                .as("what the copy had dropped")
                .hasSize(2);
        middle.execute(shop.sql("truncate $s.u; insert into $s.t values (1, 'after it')"));
        long tick = middle.value("select pgq_client.tick_now(?)", mirror);
        try (var second = cascade.toLeaf().start()) {
            Shop.await().until(() -> cascade.positionOfLeaf() >= tick);
            assertThat(shop.content(leaf, "t")).hasSize(1);
            assertThat(shop.content(leaf, "u")).hasSize(1);
            assertThat(leaf.rows("select table_name from londiste.subscriber_table where queue_name = ?", mirror))
                    .containsExactly(Map.of("table_name", shop.table("t")));
            assertThat(second.lastError()).isNull();
        }
    }

    /** Provider and middle are in sync; what is written next is a batch of its own. Triggers of users keep foreign keys awake. */
    private ReplayLoop withTables(String sql, String ofTheMiddle, String... tables) {
        shop.onBoth(sql).add(tables);
        var replay = cascade.toMiddle().start();
        shop.awaitSync();
        middle.execute(
                shop.sql("create function $s.noop() returns trigger language plpgsql as 'begin return null; end';"
                        + ofTheMiddle));
        return replay;
    }

    private static final String FILLER_998 = "insert into $s.u select generate_series(1, 998);";

    @Test
    void C06_moveBetweenPartitionsIsNotCutInTwoByTheMirror() {
        try (var replay = withTables(
                "create table $s.parent (id int, region int, primary key (id, region)) partition by list (region);"
                        + " create table $s.parent_1 partition of $s.parent for values in (1);"
                        + " create table $s.parent_2 partition of $s.parent for values in (2);"
                        + " insert into $s.parent values (1, 1)",
                "create table $s.child (id int primary key, p int, r int,"
                        + " foreign key (p, r) references $s.parent on delete cascade on update cascade);"
                        + " insert into $s.child values (10, 1, 1);"
                        + " create trigger noop after update on $s.parent for each row execute function $s.noop()",
                "parent")) {
            shop.onProvider(FILLER_998 + "update $s.parent set region = 2").awaitSync();
            assertThat(middle.rows(shop.sql("select * from $s.child")).toString())
                    .isEqualTo("[{id=10, p=1, r=2}]");
            assertThat(replay.lastError()).isNull();
        }
        assertThat(events(middle, mirror).subList(998, 1000).toString()).contains("D:id,region", "I:id,region");
    }

    @Test
    void C30_deferredConstraintsWaitBeyondWhatTheMirrorTakesAtOnce() {
        try (var replay = withTables(
                "create table $s.p (id int primary key); create table $s.c (id int primary key, p int)",
                "alter table $s.c add foreign key (p) references $s.p deferrable initially deferred;"
                        + " create trigger noop after insert on $s.c for each row execute function $s.noop()",
                "p",
                "c")) {
            shop.onProvider("insert into $s.c select i, 1 from generate_series(1, 1500) i; insert into $s.p values (1)")
                    .forceTick();
            Shop.await()
                    .until(() -> replay.lastError() != null
                            || shop.content(middle, "p").size() == 1);
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void C31_truncatesOfOneTransactionAreNotCutInTwoByTheMirror() {
        try (var replay = withTables(
                "create table $s.p (id int primary key); create table $s.c (id int primary key, p int references $s.p);"
                        + " insert into $s.p values (1); insert into $s.c values (1, 1)",
                "create trigger noop after delete on $s.p for each row execute function $s.noop()",
                "p",
                "c")) {
            Shop.await()
                    .until(() -> !middle.rows(
                                    "select from pg_constraint where contype = 'f' and conrelid = ?::regclass",
                                    shop.table("c"))
                            .isEmpty());
            shop.onProvider(FILLER_998 + "truncate $s.p, $s.c").forceTick();
            Shop.await()
                    .until(() -> replay.lastError() != null
                            || shop.content(middle, "c").isEmpty());
            assertThat(replay.lastError()).isNull();
        }
    }
}
