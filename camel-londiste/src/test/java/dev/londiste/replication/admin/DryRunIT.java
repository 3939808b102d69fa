package dev.londiste.replication.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.replication.sync.Job;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A dry run changes nothing, and its SQL, run by hand, does what the operation does. */
@Timeout(120)
class DryRunIT {

    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(5);

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase empty = TestDatabase.empty();

    private Shop shop;
    private Provider providerAdmin;
    private Subscriber subscriberAdmin;

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
        shop.onBoth("create table $s.t (id int primary key, name text)");
        providerAdmin = new Provider(provider.dataSource(), shop.queue(), LOCK_TIMEOUT);
        subscriberAdmin = new Subscriber(new Job(
                shop.job(), shop.queue(), shop.job(), provider.dataSource(), subscriber.dataSource(), LOCK_TIMEOUT));
    }

    private static void run(List<Map<String, Object>> script) {
        assertThat(script).isNotEmpty().allSatisfy(row -> assertThat(row).containsOnlyKeys("side", "sql"));
        script.forEach(
                row -> (row.get("side").equals("provider") ? provider : subscriber).execute((String) row.get("sql")));
    }

    @Test
    void installIsOneTextForAnyTool() {
        var admin = new Provider(empty.dataSource(), "it's a queue", LOCK_TIMEOUT);
        var script = admin.installScript();
        assertThat(empty.rows("select from pg_namespace where nspname in ('pgq', 'londiste')"))
                .isEmpty();
        script.forEach(row -> empty.execute((String) row.get("sql")));
        assertThat(admin.install()).extracting(row -> row.get("changed")).containsExactly(false, false);
        assertThat(empty.<String>value("select queue_ticker_max_lag::text from pgq.queue"))
                .isEqualTo("00:00:00.05");
    }

    @Test
    void addAndRemove() {
        var tables = TablePatterns.of(shop.table("t"));
        var options = new CaptureOptions(List.of("id"), "row", true);
        var script = providerAdmin.add(tables, options, true);
        assertThat(providerAdmin.tables()).isEmpty();
        run(script);
        assertThat(providerAdmin.tables())
                .singleElement()
                .satisfies(row -> assertThat(row).containsEntry("backup", true));

        var attributes = new AttributeChanges("name <> 'it''s'", null, Map.of("name", "upper(name)"), null, null);
        script = subscriberAdmin.add(tables, new AddOptions(false, true, false, null, attributes, null), true);
        assertThat(subscriber.rows("select from londiste.subscriber_table where queue_name = ?", shop.queue()))
                .isEmpty();
        assertThat(provider.rows("select from pgq.get_consumer_info(?)", shop.queue()))
                .isEmpty();
        run(script);
        assertThat(shop.registration("t")).containsEntry("state", "ok").containsEntry("row_filter", "name <> 'it''s'");
        assertThat(shop.position()).isNotNull();
        assertThat(provider.rows("select from pgq.get_consumer_info(?)", shop.queue()))
                .hasSize(1);

        script = subscriberAdmin.remove(tables, true);
        assertThat(shop.state("t")).isEqualTo("ok");
        run(script);
        assertThat(subscriber.rows("select from londiste.subscriber_table where queue_name = ?", shop.queue()))
                .isEmpty();

        script = providerAdmin.remove(tables, true);
        assertThat(providerAdmin.tables()).hasSize(1);
        run(script);
        assertThat(providerAdmin.tables()).isEmpty();
    }

    @Test
    void sequences() {
        shop.onBoth("create sequence $s.one; create sequence $s.two");
        var admin = Sequences.ofProvider(provider.dataSource(), shop.queue(), LOCK_TIMEOUT);
        var script = admin.add(TablePatterns.of(shop.table("*")), true);
        assertThat(admin.list()).isEmpty();
        run(script);
        assertThat(admin.list())
                .extracting(row -> row.get("seq_name"))
                .containsExactly(shop.table("one"), shop.table("two"));
        assertThat(admin.remove(TablePatterns.of(shop.table("t*")), false)).hasSize(1);
        assertThat(admin.list()).hasSize(1);
    }

    @Test
    void whatWouldFailFails() {
        assertThatThrownBy(() -> providerAdmin.add(TablePatterns.of("no_such"), CaptureOptions.DEFAULT, true))
                .hasMessageContaining("no such table: public.no_such");
    }
}
