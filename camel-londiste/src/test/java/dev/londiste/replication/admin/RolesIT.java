package dev.londiste.replication.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.replication.failed.FailedChanges;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.testing.ReplayLoop;
import dev.londiste.replication.testing.Shop;
import dev.londiste.replication.verify.JobComparison;
import dev.londiste.replication.verify.JobRepair;
import dev.londiste.replication.verify.RepairOptions;
import dev.londiste.replication.verify.VerificationListener;
import dev.londiste.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nothing needs a superuser: with the grants that the guide lists everything works as an ordinary role. */
@Timeout(180)
class RolesIT {

    private static final String QUEUE = "roles";
    private static final String JOB = "roles_job";

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.empty();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.empty();

    /** The tables are those of the application; the role that replicates is a member of it, and may create schemas. */
    @BeforeAll
    static void createRoles() {
        for (var database : new TestDatabase[] {provider, subscriber}) {
            for (var role : new String[] {"shop_owner", "shop_replica"}) {
                if (database.rows("select from pg_roles where rolname = ?", role)
                        .isEmpty()) {
                    database.execute("create role " + role + " login password 'x'");
                }
            }
            database.execute(grants());
            database.execute("create schema shop authorization shop_owner;"
                    + " set role shop_owner;"
                    + " create table shop.customer (id int primary key, name text);"
                    + " create table shop.orders (id serial primary key, customer int references shop.customer);"
                    + " create index on shop.orders (customer);"
                    + " reset role");
        }
    }

    /** As the guide shows them. */
    private static String grants() {
        try (var file = RolesIT.class.getResourceAsStream("/grants.sql")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterAll
    static void dropRoles() {
        for (var database : new TestDatabase[] {provider, subscriber}) {
            database.execute("drop owned by shop_replica cascade; drop owned by shop_owner cascade");
        }
        provider.execute("drop role shop_owner, shop_replica");
        if (!subscriber
                .rows("select from pg_roles where rolname = 'shop_owner'")
                .isEmpty()) {
            subscriber.execute("drop role shop_owner, shop_replica");
        }
    }

    private static DataSource as(TestDatabase database) {
        return database.dataSource("shop_replica", "x");
    }

    @Test
    void everyStepWorksAsAnOrdinaryRole() {
        var timeout = Duration.ofSeconds(10);
        var job = new Job(JOB, QUEUE, JOB, as(provider), as(subscriber), timeout);
        var onProvider = new Provider(as(provider), QUEUE, timeout);
        var onSubscriber = new SubscriberDatabase(as(subscriber), QUEUE, timeout);
        var admin = new Subscriber(job);
        onProvider.install();
        onSubscriber.install();
        provider.execute("insert into shop.customer select i, 'x' from generate_series(1, 50) i;"
                + " insert into shop.orders (customer) select i from generate_series(1, 50) i");
        onProvider.add(TablePatterns.of("shop.*"), CaptureOptions.DEFAULT);
        Sequences.ofProvider(as(provider), QUEUE, timeout).add(TablePatterns.of("shop.orders_id_seq"), false);
        admin.add(TablePatterns.ALL, AddOptions.DEFAULT);
        Sequences.ofSubscriber(as(subscriber), as(provider), QUEUE, timeout)
                .add(TablePatterns.of("shop.orders_id_seq"), false);
        try (var replay = new ReplayLoop(as(provider), as(subscriber), QUEUE, JOB).start()) {
            awaitSync();
            try (var application = provider.dataSource("shop_owner", "x").getConnection();
                    var statement = application.createStatement()) {
                statement.execute("insert into shop.orders (customer) values (1); update shop.customer set name = 'y'");
            } catch (java.sql.SQLException e) {
                throw new IllegalStateException(e);
            }
            awaitSync();
            admin.resync(TablePatterns.of("shop.orders"));
            awaitSync();
            assertThat(checksum(subscriber)).isEqualTo(checksum(provider));
            compareAndRepair(job);
            changeTables(onProvider, admin, job);
            assertThat(replay.lastError()).isNull();
        }
        assertThat(onSubscriber.fkeys("active")).isNotEmpty();
        assertThat(new JobCheck(job, 0).run()).isEmpty();
        assertThat(new JobStatus(job).read()).containsEntry("tables_by_state", Map.of("ok", 2L));
        new JobRegistration(job).unregister();
        onProvider.remove(TablePatterns.ALL, false);
        assertThat(Uninstallation.ofSubscriber(as(subscriber), timeout).run(true))
                .extracting(row -> row.get("changed"))
                .containsExactly(true);
        assertThat(Uninstallation.ofProvider(as(provider), timeout).run(true))
                .extracting(row -> row.get("changed"))
                .containsExactly(true);
    }

    private static void compareAndRepair(Job job) {
        subscriber.execute("update shop.customer set name = 'spoiled' where id = 7;"
                + " delete from shop.orders where customer = 9; insert into shop.customer values (1000, 'too many')");
        var executor = Executors.newSingleThreadExecutor();
        try {
            var comparison = new JobComparison(job, executor, VerificationListener.NONE);
            assertThat(comparison.compare(TablePatterns.ALL, true, false))
                    .extracting(row -> row.get("equal"))
                    .containsExactly(false, false);
            assertThat(new JobRepair(job, executor, VerificationListener.NONE)
                            .repair(TablePatterns.ALL, new RepairOptions(true, null, false)))
                    .extracting(row -> row.get("repaired_rows"))
                    .containsExactlyInAnyOrder(2L, 1L);
            assertThat(comparison.compare(TablePatterns.ALL, true, false))
                    .extracting(row -> row.get("equal"))
                    .containsExactly(true, true);
        } finally {
            executor.shutdownNow();
        }
    }

    private static void changeTables(Provider onProvider, Subscriber admin, Job job) {
        var timeout = Duration.ofMinutes(1);
        var scripts = new ProviderScripts(job.provider(), QUEUE, timeout);
        scripts.execute("more", "set role shop_owner; alter table shop.customer add note text", false);
        awaitSync();
        admin.set(TablePatterns.of("shop.customer"), new AttributeChanges(null, null, null, null, "FAILED_QUEUE"));
        subscriber.execute("alter table shop.customer add check (note <> 'refused')");
        provider.execute("update shop.customer set note = 'refused' where id = 3; update shop.customer set name = 'z'");
        awaitSync();
        var failed = new FailedChanges(job);
        assertThat(failed.list(TablePatterns.ALL)).isNotEmpty();
        subscriber.execute("alter table shop.customer drop constraint customer_note_check");
        failed.retry(TablePatterns.ALL);
        assertThat(failed.list(TablePatterns.ALL)).isEmpty();
        assertThat(checksum(subscriber)).isEqualTo(checksum(provider));
        provider.rows("select pgq.register_consumer(?, 'late')", QUEUE);
        assertThat(new Resend(job.provider(), QUEUE, timeout).send("late", "shop.customer", "id < 10", null, 0))
                .containsEntry("rows_sent", 9L);
        provider.rows("select pgq.unregister_consumer(?, 'late')", QUEUE);
        assertThat(onProvider.denyWrites(TablePatterns.of("shop.customer"), true))
                .hasSize(1);
        assertThat(onProvider.denyWrites(TablePatterns.of("shop.customer"), false))
                .hasSize(1);
    }

    private static void awaitSync() {
        Shop.await()
                .until(() -> subscriber
                        .rows("select from londiste.subscriber_table where merge_state is distinct from 'ok'"
                                + " or snapshot is not null")
                        .isEmpty());
        Shop.await()
                .until(() -> subscriber
                        .rows("select from londiste.subscriber_pending_fkeys")
                        .isEmpty());
        long tick = provider.value("select pgq_client.tick_now(?)", QUEUE);
        Shop.await()
                .until(() -> subscriber.<Long>value(
                                "select last_tick_id from londiste.completed where consumer_id = '" + JOB + "'")
                        >= tick);
    }

    private static String checksum(TestDatabase database) {
        return database.value("select (select md5(string_agg(c::text, ',' order by id)) from shop.customer c)"
                + " || (select md5(string_agg(o::text, ',' order by id)) from shop.orders o)");
    }
}
