package dev.londiste.replication.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.replication.sync.Job;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** CHECK: each thing that can be wrong is found, and has a remedy. */
@Timeout(120)
class CheckIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase empty = TestDatabase.empty();

    private Shop shop;

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
        shop.onBoth("create table $s.a (id int primary key, v text); create table $s.b (id int primary key)")
                .add("a", "b");
        provider.rows("select pgq.register_consumer(?, ?)", shop.queue(), shop.job());
    }

    @AfterEach
    void everythingFoundHasARemedy() {
        assertThat(check())
                .allSatisfy(row -> assertThat(row).containsKeys("side", "table_name", "detail"))
                .allSatisfy(row -> assertThat((String) row.get("remedy")).isNotBlank());
    }

    private List<Map<String, Object>> check() {
        return check(provider.dataSource(), subscriber.dataSource(), 3);
    }

    private List<Map<String, Object>> check(DataSource from, DataSource to, int connections) {
        var job = new Job(shop.job(), shop.queue(), shop.job(), from, to, Duration.ofSeconds(5));
        return new JobCheck(job, connections).run();
    }

    private static List<Object> problems(List<Map<String, Object>> rows) {
        return rows.stream().map(row -> row.get("problem")).toList();
    }

    @Test
    void nothingIsSaidWhenAllIsWell() {
        assertThat(check()).isEmpty();
    }

    @Test
    void tablesOrTriggersThatDriftedAreNamed() {
        shop.onSubscriber("alter table $s.a drop column v");
        shop.onProvider("alter table $s.b add column w int; do $do$ declare n name := (select tgname from pg_trigger"
                + " where tgrelid = '$s.b'::regclass and tgtype & 1 = 1 limit 1);"
                + " begin execute format('alter table $s.b disable trigger %I', n); end $do$");
        assertThat(check())
                .extracting(row -> row.get("table_name") + " " + row.get("problem"))
                .contains(
                        shop.table("a") + " structure differs",
                        shop.table("b") + " trigger disabled",
                        shop.table("b") + " columns changed");
    }

    @Test
    void parkedTableIsNamedWithItsReason() {
        subscriber.rows("select londiste.park_table(?, ?, 'it has drifted')", shop.queue(), shop.table("a"));
        assertThat(check())
                .singleElement()
                .satisfies(row ->
                        assertThat(row).containsEntry("problem", "parked").containsEntry("detail", "it has drifted"));
    }

    /** It is refused now, and was not always. */
    @Test
    void tablesThatGoIntoOneAreNamed() {
        subscriber.rows(
                "update londiste.subscriber_table set dest_table = ? where table_name = ? returning 1",
                shop.table("a"),
                shop.table("b"));
        assertThat(check())
                .filteredOn(row -> row.get("problem").equals("target shared"))
                .extracting(row -> row.get("table_name") + ": " + row.get("detail"))
                .satisfiesExactlyInAnyOrder(
                        row -> assertThat(row)
                                .startsWith(shop.table("a") + ": " + shop.table("a") + " gets table " + shop.table("b")
                                        + " of queue " + shop.queue() + " too"),
                        row -> assertThat(row).startsWith(shop.table("b") + ": "));
    }

    @Test
    void tableThatWasDroppedIsNamed() {
        shop.onSubscriber("drop table $s.a");
        assertThat(problems(check())).contains("table missing");
    }

    @Test
    void databaseWithoutOurSqlOrWithAnOlderOneIsNamed() {
        assertThat(problems(check(empty.dataSource(), subscriber.dataSource(), 0)))
                .containsExactly("not installed");
        var version = subscriber.<String>value("select pg_get_functiondef('pgq_client.version()'::regprocedure)");
        subscriber.execute(
                "create or replace function pgq_client.version() returns text language sql as $$select '0.0.1'$$");
        try {
            assertThat(check())
                    .singleElement()
                    .satisfies(row -> assertThat(row)
                            .containsEntry("problem", "other version")
                            .containsEntry("remedy", "run SUBSCRIBER_INSTALL"));
        } finally {
            subscriber.execute(version);
        }
    }

    @Test
    void ticksThatDoNotComeAreNoticed() {
        provider.execute("update pgq.tick set tick_time = tick_time - interval '1 hour'"
                + " where tick_queue = (select queue_id from pgq.queue where queue_name = '" + shop.queue() + "')");
        assertThat(problems(check())).contains("no ticks");
        provider.rows("select pgq.set_queue_config(?, 'ticker_paused', 'true')", shop.queue());
        assertThat(problems(check())).containsExactly("ticker paused");
    }

    @Test
    void rotationThatCannotGoOnNamesWhoHoldsIt() {
        provider.rows("select pgq.register_consumer(?, 'idler')", shop.queue());
        provider.rows(
                "update pgq.queue set queue_rotation_period = '0', queue_switch_step2 = txid_current()"
                        + " where queue_name = ? returning 1",
                shop.queue());
        shop.forceTick();
        assertThat(check()).anySatisfy(row -> {
            assertThat(row).containsEntry("problem", "rotation blocked");
            assertThat((String) row.get("detail")).contains("consumer idler");
        });
    }

    @Test
    void queueOrConsumerThatIsMissingIsNamed() {
        provider.rows("select pgq.unregister_consumer(?, ?)", shop.queue(), shop.job());
        assertThat(problems(check())).containsExactly("consumer not registered");
        provider.rows("select pgq_client.set_captured(?, false)", shop.queue());
        provider.rows("select pgq.drop_queue(?, true)", shop.queue());
        assertThat(problems(check())).contains("queue missing");
    }

    @Test
    void rightsThatTheRoleLacksAreNamedWithTheGrant() {
        subscriber.execute("create role clerk login password 'x'; grant usage on schema londiste, pgq to clerk;"
                + " grant execute on all functions in schema londiste, pgq_client to clerk;"
                + " grant select on all tables in schema londiste to clerk");
        try {
            var rows = check(provider.dataSource(), subscriber.dataSource("clerk", "x"), 0);
            assertThat(rows)
                    .extracting(row -> row.get("remedy"))
                    .contains("grant insert on " + shop.table("a") + " to clerk");
            assertThat(problems(rows)).contains("not the owner");
        } finally {
            subscriber.execute("drop owned by clerk; drop role clerk");
        }
    }

    @Test
    void C29_foreignKeysWithActionsAreNamedWhereTheRoleMustFireThem() {
        subscriber.execute("create role plain login password 'x'; grant usage on schema londiste, pgq to plain;"
                + " grant execute on all functions in schema londiste, pgq_client to plain;"
                + " grant select on all tables in schema londiste to plain");
        try {
            shop.onSubscriber("create table $s.child (id int references $s.a on delete cascade)");
            assertThat(problems(check(provider.dataSource(), subscriber.dataSource("plain", "x"), 0)))
                    .contains("foreign key acts");
            assertThat(problems(check())).doesNotContain("foreign key acts");
        } finally {
            subscriber.execute("drop owned by plain; drop role plain");
        }
    }

    @Test
    void poolThatIsTooSmallIsSaidToBeSo() {
        try (var pool = subscriber.pool(2)) {
            pool.setConnectionTimeout(500);
            assertThat(check(provider.dataSource(), pool, 3))
                    .singleElement()
                    .satisfies(row -> assertThat((String) row.get("detail")).contains("needs 3", "gives 2"));
        }
    }

    @Test
    void poolerThatSharesSessionsIsRecognised() throws SQLException {
        try (var shared = subscriber.connect()) {
            assertThat(problems(check(provider.dataSource(), alwaysThis(shared), 0)))
                    .contains("pooler shares sessions");
        }
    }

    /** As PgBouncer in transaction mode: every connection that is idle is the same session. */
    private static DataSource alwaysThis(Connection connection) {
        var loader = CheckIT.class.getClassLoader();
        var kept = (Connection) Proxy.newProxyInstance(
                loader,
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) ->
                        method.getName().equals("close") ? null : method.invoke(connection, arguments));
        return (DataSource)
                Proxy.newProxyInstance(loader, new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> kept);
    }
}
