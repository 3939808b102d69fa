package dev.londiste.replication.switchover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.replication.admin.JobRegistration;
import dev.londiste.replication.admin.Provider;
import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.testing.ReplayLoop;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    private static SwitchOver endingAfter(Job job, String lastStep, Runnable work) {
        return new SwitchOver(job, step -> {
            if (step.equals(lastStep)) {
                work.run();
            }
        });
    }

    private static SwitchOver killedAfter(Job job, String lastStep) {
        return endingAfter(job, lastStep, () -> {
            throw new IllegalStateException("killed");
        });
    }

    private Provider provider() {
        return new Provider(one.dataSource(), shop.queue(), PATIENCE);
    }

    private void writeThroughGuard(TestDatabase database, String name) {
        database.execute(shop.sql(
                "select londiste.disable_deny_trigger(true); insert into $s.t (name) values ('" + name + "')"));
    }

    @Test
    void switchOverThatCannotFinishIsUndone() {
        var replay = shop.replay().start();
        shop.awaitSync();
        assertThatThrownBy(() ->
                        endingAfter(jobOf(replay), "deny writes", replay::close).run(Duration.ofMillis(300)))
                .hasMessageContaining("not in sync");
        assertThatThrownBy(() -> shop.onProvider("insert into $s.t (name) values ('denied')"))
                .hasStackTraceContaining("denied");
        provider().denyWrites(TablePatterns.ALL, false);
        shop.onProvider("insert into $s.t (name) values ('allowed')");
        try (var again = shop.replay().start()) {
            shop.awaitSync();
            assertThat(shop.isEqual("t")).isTrue();
            assertThat(again.lastError()).isNull();
        }
    }

    /** What the subscriber has captured by then are changes of the provider: they must not come back to it. */
    @ParameterizedTest
    @ValueSource(strings = {"install", "deny writes", "wait", "capture", "register"})
    void beforeTheRolesAreReversedItIsUndoneAndRepeated(String lastStep) {
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThatThrownBy(() -> killedAfter(jobOf(replay), lastStep).run(PATIENCE))
                    .hasMessage("killed");

            provider().denyWrites(TablePatterns.ALL, false);
            shop.onProvider("insert into $s.t (name) select 'undone' from generate_series(1, 5)");
            shop.awaitSync();

            new SwitchOver(jobOf(replay)).run(PATIENCE);
        }
        requireReversed();
        assertThat(shop.content(one, "t")).hasSize(6);
    }

    /** What an undone switch-over leaves on the subscriber goes, so that its queue does not grow. */
    @Test
    void undoIsComplete() {
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThatThrownBy(() -> killedAfter(jobOf(replay), "register").run(PATIENCE))
                    .hasMessage("killed");

            provider().denyWrites(TablePatterns.ALL, false);
            var exchanged =
                    new Job(shop.job(), shop.queue(), shop.job(), other.dataSource(), one.dataSource(), PATIENCE);
            new Provider(other.dataSource(), shop.queue(), PATIENCE).remove(TablePatterns.ALL, false);
            new JobRegistration(exchanged).unregister();

            shop.onProvider("insert into $s.t (name) values ('as before')");
            shop.awaitSync();
            assertThat(shop.isEqual("t")).isTrue();
            assertThat(replay.lastError()).isNull();
        }
        assertThat(other.rows("select tgname from pg_trigger where tgrelid = '" + shop.table("t") + "'::regclass"
                        + " and not tgisinternal"))
                .isEmpty();
        assertThat(other.rows("select consumer_name from pgq.get_consumer_info(?)", shop.queue()))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "follow",
                "provide sequences",
                "follow sequences",
                "forget tables",
                "stop capture",
                "unregister",
                "allow writes"
            })
    void afterTheRolesAreReversedItIsRepeated(String lastStep) {
        other.rows("select londiste.deny_writes(?, true)", shop.table("t"));
        shop.onProvider("insert into $s.t (name) select 'x' from generate_series(1, 10)");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThatThrownBy(() -> killedAfter(jobOf(replay), lastStep).run(PATIENCE))
                    .hasMessage("killed");

            assertThatThrownBy(() -> provider().denyWrites(new TablePatterns(List.of(shop.table("t"))), false))
                    .hasMessageContaining("follows its new provider already");
            // The application comes early: neither its rows nor the values of its sequences may be taken back.
            if (!lastStep.endsWith("sequences") && !lastStep.equals("follow")) {
                writeThroughGuard(other, "early");
            }

            assertThat(new SwitchOver(jobOf(replay)).run(PATIENCE))
                    .extracting(row -> row.get("step"))
                    .doesNotContain("deny writes", "capture", "follow");
        }
        requireReversed();
    }

    /** The new provider takes writes, the old one follows and takes none, and nothing is left of the old direction. */
    private void requireReversed() {
        // With all its rows, as it is: what it would be copied anew from is the one that got them.
        assertThat(one.rows("select merge_state from londiste.subscriber_table where queue_name = ?", shop.queue()))
                .extracting(row -> row.get("merge_state"))
                .containsOnly("ok");
        try (var now = back().start()) {
            shop.onSubscriber("insert into $s.t (name) values ('on the other side')");
            Shop.await().until(() -> shop.isEqual("t"));
            assertThat(now.lastError()).isNull();
        }
        assertThatThrownBy(() -> shop.onProvider("insert into $s.t (name) values ('late')"))
                .hasStackTraceContaining("denied");
        assertThat(one.rows("select seq_name from londiste.subscriber_seq where queue_name = ?", shop.queue()))
                .hasSize(1);
        assertThat(other.rows("select seq_name from londiste.subscriber_seq where queue_name = ?", shop.queue()))
                .isEmpty();
        assertThat(one.rows("select table_name from londiste.provider_table where queue_name = ?", shop.queue()))
                .isEmpty();
        assertThat(one.rows("select seq_name from londiste.provider_seq where queue_name = ?", shop.queue()))
                .isEmpty();
    }

    /** Denying writes does not wait for readers, but taking the capture away does. */
    @Test
    void readerOfTheOldTableDelaysTheEndOnly() throws Exception {
        try (var replay = shop.replay().start();
                var reader = one.dataSource().getConnection()) {
            shop.awaitSync();
            assertThat(replay.lastError()).isNull();
            reader.setAutoCommit(false);
            try (var statement = reader.createStatement()) {
                statement.execute(shop.sql("select * from $s.t"));
            }
            var impatient = new Job(
                    shop.job(), shop.queue(), shop.job(), one.dataSource(), other.dataSource(), Duration.ofSeconds(1));
            assertThatThrownBy(() -> new SwitchOver(impatient).run(PATIENCE)).hasStackTraceContaining("lock timeout");
            shop.onSubscriber("insert into $s.t (name) values ('early')");
            reader.rollback();
            new SwitchOver(impatient).run(PATIENCE);
        }
        requireReversed();
        assertThat(shop.content(one, "t")).hasSize(2);
    }

    @Test
    void tablesAreCapturedAsTheyWere() {
        shop.onBoth("""
                create table $s.named (id int not null unique, name text);
                create table $s.whole (id int primary key, name text);
                create table $s.parted (id int primary key) partition by range (id);
                create table $s.leaf partition of $s.parted for values from (0) to (10);
                """);
        one.rows(
                "select londiste.provider_add_table(?, ?, '{id}', 'statement', false)",
                shop.queue(),
                shop.table("named"));
        one.rows("select londiste.provider_add_table(?, ?, null, 'row', true)", shop.queue(), shop.table("whole"));
        shop.addToProvider("parted").addToSubscriber("named", "whole", "parted");
        var tables = "select table_name, key_columns::text, named_key, capture, backup from londiste.provider_table"
                + " where queue_name = ? order by 1";
        var before = one.rows(tables, shop.queue());
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            new SwitchOver(jobOf(replay)).run(PATIENCE);
        }
        assertThat(other.rows(tables, shop.queue())).isEqualTo(before);
        assertThatThrownBy(() -> shop.onProvider("insert into $s.leaf values (1)"))
                .hasStackTraceContaining("denied");
        try (var now = back().start()) {
            shop.onSubscriber("insert into $s.named values (1, 'a'); insert into $s.leaf values (2)");
            Shop.await().until(() -> shop.isEqual("named") && shop.isEqual("parted"));
            assertThat(now.lastError()).isNull();
        }
    }

    /** Also when it dies right after the roles are reversed; and they come home with the way back. */
    @Test
    void policiesGoWithTheRoles() {
        shop.onBoth("create table $s.strict (id int primary key)").add("strict");
        other.rows(
                "select londiste.subscriber_set_attributes(?, ?, ?, null, null, null, 'OVERWRITE', 'FAILED_QUEUE')",
                shop.job(),
                shop.queue(),
                shop.table("t"));
        var policies = "select table_name, on_conflict, on_failure from londiste.subscriber_table where queue_name = ?"
                + " order by 1";
        var before = other.rows(policies, shop.queue());
        assertThat(before).extracting(row -> row.get("on_conflict")).containsExactlyInAnyOrder("OVERWRITE", null);
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThatThrownBy(() -> killedAfter(jobOf(replay), "follow").run(PATIENCE))
                    .hasMessage("killed");
            new SwitchOver(jobOf(replay)).run(PATIENCE);
        }
        assertThat(one.rows(policies, shop.queue())).isEqualTo(before);
        requireReversed();
        try (var replay = back().start()) {
            new SwitchOver(jobOf(replay)).run(PATIENCE);
        }
        assertThat(other.rows(policies, shop.queue())).isEqualTo(before);
    }

    @Test
    void replayThatDoesNotRunIsNoticedBeforeWritesAreDenied() {
        Job impatient;
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            impatient = new Job(
                    shop.job(), shop.queue(), shop.job(), one.dataSource(), other.dataSource(), Duration.ofSeconds(1));
            assertThat(replay.lastError()).isNull();
        }
        assertThatThrownBy(() -> new SwitchOver(impatient).run(Duration.ZERO))
                .hasMessageContaining("it does not run, or it lags; start it or wait");
        shop.onProvider("insert into $s.t (name) values ('still allowed')");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "one | select pgq.register_consumer('$s_queue', 'second') | Consumer second reads queue $s_queue too",
                "one | select londiste.provider_add_seq('$s_queue', '$s.more') | Sequence $s.more is registered on",
                "one | insert into londiste.link values ('$s_head', '$s_queue') | Queue $s_queue is a mirror of",
                "one | insert into londiste.completed values ('$s_job', 1, '$s_q') | position of queue $s_q on the provider",
                "one | drop table $s.t cascade; create table $s.t (id int) | Table $s.t of the provider cannot follow",
                "one | alter table $s.t drop constraint t_pkey | table $s.t has no usable unique index on (id)",
                "other | insert into londiste.link values ('$s_queue', '$s_mirror') | is mirrored as queue $s_mirror",
                "other | alter table $s.t add column only_here text | column only_here is missing",
                "other | select londiste.subscriber_set_table_state('$s_queue', '$s.t', null, null) | is not in sync but",
                "other | update londiste.subscriber_table set row_filter = 'id > 0' | has another name or other rows",
                "one | select londiste.provider_remove_table('$s_queue', '$s.t') | Queue $s_queue has no tables",
                "one | select pgq.register_consumer('$s_queue', '$s_job_copy_x') | Consumer $s_job_copy_x reads queue",
                "other | insert into londiste.link values ('$s_head', '$s_queue') | is a mirror of queue $s_head, so it cannot",
                "other | update londiste.subscriber_table set dest_table = '$s.x' where table_name = '$s.t' | has another name",
                "other | alter table $s.t drop constraint t_pkey, add unique (id), add primary key (name) | index on (name)",
                "other | update londiste.subscriber_table set parked_reason = 'x' where table_name = '$s.t' | is parked and"
            })
    void whatCanBeRefusedIsRefusedBeforeWritesAreDenied(String where, String sql, String sentence) {
        shop.onProvider("create sequence $s.more");
        Job job;
        try (var replay = shop.replay().start()) {
            job = jobOf(replay);
            shop.awaitSync();
        }
        (where.equals("one") ? one : other).execute(shop.sql(sql));

        assertThatThrownBy(() -> new SwitchOver(job).run(PATIENCE)).hasMessageContaining(shop.sql(sentence));

        assertThat(one.rows("select from pg_trigger where tgname = '!londiste_deny' and tgrelid = '" + shop.table("t")
                        + "'::regclass"))
                .isEmpty();
        one.execute("delete from londiste.link");
        other.execute("delete from londiste.link");
    }

    /** What looks as if the roles were reversed already: the old direction would be taken away unasked. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "select londiste.provider_add_table('$s_queue', '$s.more') | Table $s.t is replicated from queue $s_queue in",
                "insert into londiste.link values ('$s_head', '$s_queue') | Queue $s_queue is a mirror of queue $s_head"
            })
    void providerThatFollowsATableItselfHasNotGivenItsRoleAway(String sql, String sentence) {
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            shop.onProvider("create table $s.more (id int primary key);"
                    + " select londiste.subscriber_add_table('$s_queue', '$s.t')");
            shop.onProvider(sql);

            assertThatThrownBy(() -> new SwitchOver(jobOf(replay)).run(PATIENCE))
                    .hasMessageContaining(shop.sql(sentence));
            one.execute("delete from londiste.link");
        }
        assertThat(shop.state("t")).isEqualTo("ok");
    }

    /** Only the new provider can say so, when it is asked to. */
    @Test
    void tableThatTheSubscriberCannotCaptureIsRefusedBeforeWritesAreDenied() {
        shop.onBoth("create table $s.bulk (id int primary key)");
        one.rows(
                "select londiste.provider_add_table(?, ?, null, 'statement', false)", shop.queue(), shop.table("bulk"));
        shop.addToSubscriber("bulk");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            shop.onSubscriber("create function $s.f() returns trigger language plpgsql as 'begin return null; end';"
                    + " create trigger mine after insert on $s.bulk for each row execute function $s.f()");
            assertThatThrownBy(() -> new SwitchOver(jobOf(replay)).run(PATIENCE))
                    .hasMessageContaining("cannot be captured by statement triggers");
            shop.onProvider("insert into $s.bulk values (1)");
        }
    }

    /** The replay set them with the last batch; values are drawn without a row, too. */
    @Test
    void sequencesGoOnWhereTheyAreWhenWritesAreDenied() {
        var replay = shop.replay().start();
        shop.awaitSync();
        endingAfter(jobOf(replay), "wait", () -> {
                    replay.close();
                    shop.onProvider("select setval('$s.t_id_seq', 1000)");
                })
                .run(PATIENCE);
        assertThat(other.<Long>value(shop.sql("select nextval('$s.t_id_seq')"))).isEqualTo(1001L);
    }

    /** Writes are denied by then: whoever holds a lock there must not keep the application waiting for ever. */
    @Test
    void tickerThatIsStuckOnTheNewProviderEndsTheSwitchOverInTime() throws Exception {
        try (var replay = shop.replay().start();
                var ticker = other.connect();
                var statement = ticker.createStatement()) {
            shop.awaitSync();
            ticker.setAutoCommit(false);
            var impatient = new Job(
                    shop.job(), shop.queue(), shop.job(), one.dataSource(), other.dataSource(), Duration.ofSeconds(1));
            assertThat(replay.lastError()).isNull();
            var ending = endingAfter(impatient, "capture", () -> tick(statement));
            // Apart: without a limit it would wait for this test.
            assertThat(CompletableFuture.supplyAsync(() -> ending.run(PATIENCE)))
                    .failsWithin(PATIENCE)
                    .withThrowableOfType(ExecutionException.class)
                    .withStackTraceContaining("lock timeout");
            ticker.rollback();
            new SwitchOver(impatient).run(PATIENCE);
        }
        requireReversed();
    }

    private void tick(Statement ticker) {
        try {
            ticker.execute("select pgq_client.tick_now('" + shop.queue() + "')");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatFailsWhileWritesAreDeniedIsNotLeftBehindEither() {
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            failBadRows();

            assertThatThrownBy(() -> endingAfter(jobOf(replay), "deny writes", () -> writeThroughGuard(one, "bad"))
                            .run(PATIENCE))
                    .hasMessageContaining("Changes of table " + shop.table("t") + " failed on the subscriber");
            provider().denyWrites(TablePatterns.ALL, false);
        }
    }

    private void failBadRows() {
        shop.onSubscriber("alter table $s.t add constraint good check (name <> 'bad');"
                + " update londiste.subscriber_table set on_failure = 'FAILED_QUEUE' where table_name = '$s.t'");
    }

    @Test
    void tableThatTheSubscriberLacksIsNamed() {
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            shop.onProvider("create table $s.more (id int primary key)").addToProvider("more");
            assertThatThrownBy(() -> new SwitchOver(jobOf(replay)).run(PATIENCE))
                    .hasMessageContaining(shop.table("more") + " is not replicated");
        }
    }

    /** The new provider would lack them for good: SWITCH_OVER forgets the failed queue with the tables. */
    @Test
    void failedEventsAreNotLeftBehind() {
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            failBadRows();
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
