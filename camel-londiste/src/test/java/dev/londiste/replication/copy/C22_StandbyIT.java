package dev.londiste.replication.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.replication.admin.AddOptions;
import dev.londiste.replication.admin.JobRegistration;
import dev.londiste.replication.admin.Subscriber;
import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.source.TableAppliers;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.sync.TableStates;
import dev.londiste.replication.testing.ReplayLoop;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.PostgresServer;
import dev.londiste.testing.StandbyServer;
import dev.londiste.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A provider that is a physical standby: a snapshot of it lacks the transactions that run on its primary. It is refused in
 * one sentence, before anything is registered or dropped anywhere.
 */
@Timeout(180)
class C22_StandbyIT {

    private static PostgresServer primary;
    private static PostgresServer standby;
    private static Shop shop;
    private static DataSource provider;

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    /** The subscriber knows one table that is replicated, and another that is to be copied next. */
    @BeforeAll
    static void start() throws Exception {
        primary = PostgresServer.start();
        var database = TestDatabase.on(primary);
        database.install("pgq");
        database.install("londiste");
        shop = new Shop(database, subscriber).create();
        shop.onBoth("create table $s.t (id int primary key); create table $s.u (id int primary key references $s.t)")
                .onProvider("insert into $s.t values (1)")
                .add("t")
                .addToProvider("u");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThat(replay.lastError()).isNull();
        }
        var started = StandbyServer.of(primary);
        assumeTrue(started.isPresent(), "the primary's files are not on this machine");
        standby = started.get();
        provider = standby.dataSource(database.name());
    }

    @AfterAll
    static void stop() {
        if (standby != null) {
            standby.close();
        }
        primary.close();
    }

    private static Job job() {
        return new Job(shop.job(), shop.queue(), shop.job(), provider, subscriber.dataSource(), Duration.ofSeconds(5));
    }

    @Test
    void copyIsRefusedBeforeAnythingIsRegisteredOrDropped() {
        shop.addToSubscriber("u");
        var executor = Executors.newCachedThreadPool();
        var copies = new TableCopies(job(), new TableAppliers(job()), CopyOptions.DEFAULT, executor, Clock.systemUTC());
        try {
            Shop.await().until(() -> {
                copies.supervise(List.of(table("u")));
                return !copies.errors().isEmpty();
            });
            assertThat(copies.errors().values()).singleElement().satisfies(C22_StandbyIT::isOneSentence);
            assertThat(shop.state("u")).isEqualTo("NEW");
            assertThat(subscriber.rows(
                            "select from pg_constraint where contype = 'f' and conrelid = ?::regclass",
                            shop.table("u")))
                    .hasSize(1);
            assertThat(consumers()).containsExactly(shop.job());
        } finally {
            copies.stop();
            executor.shutdownNow();
            subscriber.rows("select londiste.subscriber_remove_table(?, ?)", shop.queue(), shop.table("u"));
        }
    }

    private static SubscriberTable table(String name) {
        return new Jdbc(subscriber.dataSource())
                .inTransaction(new TableStates(job())::all).stream()
                        .filter(table -> table.name().equals(shop.table(name)))
                        .findFirst()
                        .orElseThrow();
    }

    @Test
    void tablesAreNotAddedFromIt() {
        refused(() -> new Subscriber(job()).add(TablePatterns.of(shop.table("u")), AddOptions.DEFAULT));
        assertThat(subscriber.rows(
                        "select table_name from londiste.subscriber_table where queue_name = ?", shop.queue()))
                .hasSize(1);
    }

    @Test
    void jobIsNotRegisteredThere() {
        var other = new Job("other", "other", "other", provider, subscriber.dataSource(), Duration.ofSeconds(5));
        shop.provider().rows("select pgq.create_queue('other')");
        Shop.await().until(() -> standby("select from pgq.queue where queue_name = 'other'") == 1);
        refused(() -> new JobRegistration(other).register());
        assertThat(shop.provider().rows("select from pgq.get_consumer_info('other')"))
                .isEmpty();
        assertThat(subscriber.rows("select from londiste.completed where consumer_id = 'other'"))
                .isEmpty();
    }

    private static int standby(String query) throws SQLException {
        try (var connection = provider.getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            int count = 0;
            while (rows.next()) {
                count++;
            }
            return count;
        }
    }

    @Test
    void replayFromItSaysSo() {
        try (var replay = new ReplayLoop(provider, subscriber.dataSource(), shop.queue(), shop.job())) {
            refused(replay::poll);
        }
    }

    private static void refused(ThrowingCallable operation) {
        assertThatThrownBy(operation).isInstanceOfSatisfying(PgqException.class, e -> isOneSentence(e.getMessage()));
    }

    private static void isOneSentence(String message) {
        assertThat(message).contains("standby", "name the primary").doesNotContain("\n");
    }

    private static List<Object> consumers() {
        return shop.provider().rows("select consumer_name from pgq.get_consumer_info(?)", shop.queue()).stream()
                .map(row -> row.get("consumer_name"))
                .toList();
    }
}
