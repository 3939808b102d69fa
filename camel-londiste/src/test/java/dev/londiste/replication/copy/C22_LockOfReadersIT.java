package dev.londiste.replication.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.sync.TableStates;
import dev.londiste.replication.testing.Gate;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A table that is rewritten after a snapshot was taken is empty for whoever reads it under that snapshot: from the snapshot
 * until the last range is read it is locked.
 */
@Timeout(120)
class C22_LockOfReadersIT {

    private static final int ROWS = 4000;

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private final Shop shop = new Shop(provider, subscriber);
    private Job job;

    @BeforeEach
    void register() {
        shop.create()
                .onBoth("create table $s.t (id int primary key, note text)")
                .onProvider("insert into $s.t select i, repeat('x', 20) from generate_series(1, " + ROWS + ") i")
                .add("t");
        job = shop.replay().job();
    }

    /** Whoever finds the ALTER waiting may end those that it waits for: not those that wait behind it. */
    @Test
    void readerBesideASourceThatDiesWhileItsTableIsToBeRewrittenReadsNothing() {
        var source = CopySource.open(job, table());
        var exported = source.export();
        int process = source.session().one("select pg_backend_pid()", row -> row.getInt(1));
        var altering =
                CompletableFuture.runAsync(() -> shop.onProvider("alter table $s.t alter note type varchar(90)"));
        Shop.await().until(() -> waitingForTheTable() == 1);
        var reading = CompletableFuture.supplyAsync(() -> rowsBeside(source, exported));
        Shop.await().until(() -> waitingForTheTable() == 2);

        provider.rows("select pg_terminate_backend(?)", process);

        assertThatThrownBy(reading::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(PgqException.class);
        altering.join();
    }

    private int rowsBeside(CopySource source, String exported) {
        try (var beside = source.beside(job, exported)) {
            return rows(beside.session());
        }
    }

    private int rows(JdbcSession session) {
        return session.one(shop.sql("select count(*) from $s.t"), row -> row.getInt(1));
    }

    private long waitingForTheTable() {
        return provider.value(
                "select count(*) from pg_locks where relation = ?::regclass and not granted", shop.table("t"));
    }

    @Test
    void tableIsLockedUntilTheLastRangeIsRead() {
        try (var gate = new Gate(
                        subscriber,
                        "londiste.subscriber_copy_range",
                        "new.queue_name = '" + shop.queue() + "' and new.range_nr = 5");
                var replay = shop.replay(new CopyOptions(1, 2, 16 << 10, 0)).start()) {
            gate.awaitArrival();
            Shop.await().until(() -> ranges("snapshot is null") == 1);
            assertThat(ranges("snapshot is not null")).isGreaterThan(10);
            assertThat(isLocked()).isTrue();
            gate.open();
            shop.awaitSync();
            assertThat(isLocked()).isFalse();
            assertThat(shop.isEqual("t")).isTrue();
            assertThat(replay.lastError()).isNull();
        }
    }

    private long ranges(String condition) {
        return subscriber.value(
                "select count(*) from londiste.subscriber_copy_range where queue_name = ? and " + condition,
                shop.queue());
    }

    private boolean isLocked() {
        return !provider.rows(
                        "select from pg_locks where relation = ?::regclass and mode = 'AccessShareLock'",
                        shop.table("t"))
                .isEmpty();
    }

    private SubscriberTable table() {
        return new Jdbc(job.subscriber())
                .inTransaction(new TableStates(job)::all)
                .get(0);
    }
}
