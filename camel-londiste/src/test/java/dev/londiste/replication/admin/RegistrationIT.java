package dev.londiste.replication.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.LostPositionException;
import dev.londiste.pgq.PgqException;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where a job stands on both sides, and how a person moves it. */
@Timeout(120)
class RegistrationIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private Shop shop;
    private JobRegistration registration;

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
        shop.onBoth("create table $s.t (id int primary key, name text)").add("t");
        try (var replay = shop.replay().start()) {
            registration = new JobRegistration(replay.job());
            shop.awaitSync();
        }
    }

    private long consumerTick() {
        return provider.value("select last_tick from pgq.get_consumer_info(?, ?)", shop.queue(), shop.job());
    }

    private long subscriberTick() {
        return (Long) shop.position().get("last_tick_id");
    }

    /** As when the provider's consumer was moved on by hand. */
    private void skipOnProvider() {
        shop.onProvider("insert into $s.t values (1, 'skipped')");
        provider.rows("select pgq.register_consumer_at(?, ?, ?)", shop.queue(), shop.job(), shop.forceTick());
    }

    @Test
    void registerIsDoneOnce() {
        assertThat(registration.register())
                .extracting(row -> row.get("changed"))
                .containsExactly(false);
        provider.rows("select pgq.unregister_consumer(?, ?)", shop.queue(), shop.job());
        assertThat(registration.register())
                .containsExactly(Map.of("consumer_name", shop.job(), "tick_id", subscriberTick(), "changed", true));
    }

    @Test
    void rewindMovesTheConsumerToWhereTheSubscriberStands() {
        skipOnProvider();
        assertThat(consumerTick()).isGreaterThan(subscriberTick());
        assertThat(registration.rewind()).extracting(row -> row.get("changed")).containsExactly(true);
        assertThat(consumerTick()).isEqualTo(subscriberTick());
        assertThat(registration.rewind()).extracting(row -> row.get("changed")).containsExactly(false);
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThat(shop.isEqual("t")).isTrue();
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void rewindToATickThatIsGoneIsALostPosition() {
        subscriber.rows(
                "update londiste.completed set last_tick_time = last_tick_time + interval '1 s' where consumer_id = ?"
                        + " returning 1",
                shop.job());
        assertThatThrownBy(() -> registration.rewind())
                .isInstanceOf(LostPositionException.class)
                .hasMessageContaining("does not have that tick any more");
    }

    @Test
    void resetTakesTheProvidersPositionButNotBehindTheBackOfCopiedTables() {
        skipOnProvider();
        assertThatThrownBy(() -> registration.reset(false))
                .isInstanceOfSatisfying(
                        PgqException.class, e -> assertThat(e.sqlState()).isEqualTo("LD009"))
                .hasMessageContaining("table " + shop.table("t") + " has been copied");
        assertThat(registration.reset(true))
                .extracting(row -> row.get("changed"))
                .containsExactly(true);
        assertThat(subscriberTick()).isEqualTo(consumerTick());
        assertThat(registration.reset(false))
                .extracting(row -> row.get("changed"))
                .containsExactly(false);
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThat(shop.content(subscriber, "t")).isEmpty();
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void resetNeedsARegisteredConsumer() {
        registration.unregister();
        assertThatThrownBy(() -> registration.reset(false)).hasMessageContaining("run SUBSCRIBER_REGISTER");
    }

    @Test
    void unregisterEndsTheReplicationAndItsCopies() {
        provider.rows("select pgq.register_consumer(?, ?)", shop.queue(), shop.job() + "_copy_7");
        assertThat(registration.unregister())
                .containsExactly(Map.of("consumer_name", shop.job(), "tables_reset", 1, "changed", true));
        assertThat(provider.rows("select from pgq.get_consumer_info(?)", shop.queue()))
                .isEmpty();
        assertThat(shop.position()).isNull();
        assertThat(registration.unregister())
                .extracting(row -> row.get("changed"))
                .containsExactly(false);
    }
}
