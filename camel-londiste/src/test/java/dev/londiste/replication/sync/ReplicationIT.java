package dev.londiste.replication.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.replication.testing.Shop;
import dev.londiste.replication.testing.WriteLoad;
import dev.londiste.testing.PostgresServer;
import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(120)
class ReplicationIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private Shop shop;

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
    }

    @Test
    void C28_tableBecomesOkOnAnIdleProviderAndFollowsItsChanges() throws Exception {
        shop.onBoth("create table $s.t (id int primary key, name text)")
                .onProvider("insert into $s.t select i, 'row ' || i from generate_series(1, 1000) i")
                .add("t");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThat(shop.isEqual("t")).isTrue();
            shop.onProvider("update $s.t set name = 'changed' where id % 3 = 0; delete from $s.t where id % 7 = 0;"
                    + " update $s.t set id = id + 5000 where id < 10");
            shop.awaitSync();
            assertThat(shop.isEqual("t")).isTrue();
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void writerCommitsWhileNobodyReplaysAndTheSubscriberFollowsLater() {
        shop.onBoth("create table $s.t (id int primary key)").add("t");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThat(replay.lastError()).isNull();
        }
        shop.onProvider("insert into $s.t values (1)");
        assertThat(shop.content(provider, "t")).hasSize(1);
        assertThat(shop.content(subscriber, "t")).isEmpty();
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThat(shop.content(subscriber, "t")).hasSize(1);
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void C25_tableIsCopiedWhileItIsWrittenTo() throws Exception {
        shop.onBoth("create table $s.t (id int primary key, value int not null, note text)")
                .onProvider("insert into $s.t select i, 0, repeat('x', 50) from generate_series(1, 20000) i");
        try (var load = new WriteLoad(shop, "t").start();
                var replay = shop.replay().start()) {
            shop.add("t");
            Shop.await().until(() -> shop.state("t").equals("ok"));
            load.awaitMore(500);
            load.stop();
            shop.awaitSync();
            assertThat(shop.isEqual("t")).isTrue();
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void foreignKeysAreDroppedForTheCopyAndComeBack() throws Exception {
        shop.onBoth("create table $s.parent (id int primary key);"
                        + " create table $s.child (id int primary key, parent int references $s.parent)")
                .onProvider("insert into $s.parent select generate_series(1, 100);"
                        + " insert into $s.child select i, i from generate_series(1, 100) i")
                .add("child", "parent");
        var before = foreignKeyOfTheChild();
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            Shop.await()
                    .until(() -> subscriber
                                    .rows(shop.sql("select from pg_constraint where conrelid = '$s.child'::regclass"
                                            + " and contype = 'f' and convalidated"))
                                    .size()
                            == 1);
            assertThat(subscriber.rows(
                            shop.sql("select from londiste.subscriber_pending_fkeys where from_table = '$s.child'")))
                    .isEmpty();
            assertThat(foreignKeyOfTheChild()).as("another than before").isNotEqualTo(before);
            assertThat(shop.isEqual("child")).isTrue();
            assertThat(replay.lastError()).isNull();
        }
    }

    private Object foreignKeyOfTheChild() {
        return subscriber.value(
                shop.sql("select oid from pg_constraint where conrelid = '$s.child'::regclass and contype = 'f'"));
    }

    @Test
    void C26_foreignKeyThatTheRowsViolateStaysPendingAndStopsNothing() {
        shop.onBoth(
                        "create table $s.parent (id int primary key); create table $s.child (id int primary key, parent int)")
                .onSubscriber("alter table $s.child add constraint strict foreign key (parent) references $s.parent")
                .onProvider("insert into $s.child values (1, 99)")
                .add("child", "parent");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            Shop.await()
                    .until(() -> !subscriber
                            .rows(
                                    "select from londiste.subscriber_pending_fkeys where from_table = ? and last_error is not null",
                                    shop.table("child"))
                            .isEmpty());
            shop.onProvider("insert into $s.parent values (1)");
            shop.awaitSync();
            assertThat(shop.isEqual("parent")).isTrue();
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void providerAndSubscriberAreTwoServersWithTransactionIdsOfTheirOwn() throws Exception {
        try (var elsewhere = PostgresServer.start()) {
            var there = TestDatabase.on(elsewhere);
            there.install("pgq");
            there.install("londiste");
            var apart = new Shop(provider, there).create();
            apart.onBoth("create table $s.t (id int primary key, value int not null, note text)")
                    .onProvider("insert into $s.t select i, 0, 'x' from generate_series(1, 3000) i");
            try (var load = new WriteLoad(apart, "t").start();
                    var replay = apart.replay().start()) {
                apart.add("t");
                Shop.await().until(() -> apart.state("t").equals("ok"));
                load.awaitMore(50);
                load.stop();
                apart.awaitSync();
                assertThat(apart.isEqual("t")).isTrue();
                assertThat(replay.lastError()).isNull();
            }
        }
    }
}
