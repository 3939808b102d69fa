package dev.londiste.replication.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.replication.apply.OnConflict;
import dev.londiste.replication.apply.OnFailure;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.sync.TableAttributes;
import dev.londiste.replication.sync.TableStates;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What may be registered of a table, and what becomes of it. */
@Timeout(120)
class AttributesIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private Shop shop;
    private Job job;
    private Subscriber admin;

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
        shop.onBoth("create table $s.a (id int primary key, name text, amount numeric, note text)");
        shop.addToProvider("a");
        job = new Job(
                shop.job(),
                shop.queue(),
                shop.job(),
                provider.dataSource(),
                subscriber.dataSource(),
                Duration.ofSeconds(5));
        admin = new Subscriber(job);
    }

    private static AttributeChanges rowFilter(String sql) {
        return new AttributeChanges(sql, null, null, null, null);
    }

    private static AttributeChanges columns(String... columns) {
        return new AttributeChanges(null, List.of(columns), null, null, null);
    }

    private static AttributeChanges expression(String column, String sql) {
        return new AttributeChanges(null, null, Map.of(column, sql), null, null);
    }

    private static AttributeChanges policies(String onConflict, String onFailure) {
        return new AttributeChanges(null, null, null, onConflict, onFailure);
    }

    private void add(AttributeChanges attributes) {
        admin.add(TablePatterns.of(shop.table("a")), new AddOptions(false, false, false, null, attributes));
    }

    private Object set(AttributeChanges attributes) {
        return admin.set(TablePatterns.of(shop.table("a")), attributes).get(0).get("changed");
    }

    private SubscriberTable table() {
        return new Jdbc(subscriber.dataSource())
                .inAutoCommit(new TableStates(job)::all)
                .get(0);
    }

    private boolean hasBackup() {
        return provider.value("select backup from londiste.provider_table where queue_name = '" + shop.queue() + "'");
    }

    @Test
    void attributesAreReadWhereStatesAre() {
        add(new AttributeChanges(
                "amount > 5",
                List.of("id", "name", "amount"),
                Map.of("name", "md5(name)"),
                "overwrite",
                "FAILED_QUEUE"));
        assertThat(table().attributes())
                .isEqualTo(new TableAttributes(
                        "amount > 5",
                        List.of("id", "name", "amount"),
                        Map.of("name", "md5(name)"),
                        OnConflict.OVERWRITE,
                        OnFailure.FAILED_QUEUE));
        assertThat(set(new AttributeChanges("", List.of(), Map.of(), "", ""))).isEqualTo(true);
        assertThat(table().attributes()).isEqualTo(TableAttributes.NONE);
        assertThat(set(new AttributeChanges("", null, null, null, null))).isEqualTo(false);
    }

    /** A copy or a TRUNCATE of one would empty the other. */
    @Test
    void twoTablesDoNotGoIntoOne() {
        shop.onBoth("create table $s.b (id int primary key, name text, amount numeric, note text)")
                .addToProvider("b");
        add(AttributeChanges.NONE);
        var b = TablePatterns.of(shop.table("b"));
        var intoA = new AddOptions(false, false, false, shop.table("a"));
        assertThatThrownBy(() -> admin.add(b, intoA))
                .hasMessageContainingAll("table " + shop.table("b"), "cannot go into " + shop.table("a"))
                .satisfies(e -> assertThat(((PgqException) e).sqlState()).isEqualTo("LD009"));
        assertThatThrownBy(() ->
                        subscriber.rows("select londiste.subscriber_add_table('another queue', ?)", shop.table("a")))
                .hasStackTraceContaining("cannot go into");

        // Earlier versions let it be added.
        subscriber.execute("insert into londiste.subscriber_table (queue_name, table_name, dest_table) values ('"
                + shop.queue() + "', '" + shop.table("b") + "', '" + shop.table("a") + "')");
        subscriber.execute(
                "insert into londiste.completed (consumer_id, last_tick_id) values ('" + shop.job() + "', 1)");
        assertThatThrownBy(() -> subscriber.rows(
                        "select londiste.begin_copy(?, ?, ?, 0)", shop.job(), shop.queue(), shop.table("b")))
                .hasStackTraceContaining("cannot go into");
    }

    private List<Map<String, Object>> add(String table, AddOptions options) {
        return admin.add(TablePatterns.of(table), options);
    }

    private static AddOptions with(AttributeChanges attributes) {
        return new AddOptions(false, false, false, null, attributes);
    }

    /** A mask that a second SUBSCRIBER_ADD brings would mask nothing. */
    @Test
    void addingAgainRefusesWhatIsNotRegisteredSo() {
        var a = shop.table("a");
        add(a, with(expression("name", "md5(name)")));
        for (var same : List.of(AttributeChanges.NONE, expression("name", "md5(name)"), policies("stop", ""))) {
            assertThat(add(a, with(same))).containsExactly(Map.of("table_name", a, "changed", false));
        }
        assertThat(add(a, new AddOptions(false, false, false, a)))
                .containsExactly(Map.of("table_name", a, "changed", false));
        var others = Map.of(
                "rowFilter", with(rowFilter("id > 1")),
                "columns", with(columns("id", "name")),
                "columnExpressions", with(expression("note", "md5(note)")),
                "onConflict, onFailure", with(policies("SKIP", "FAILED_QUEUE")),
                "expectSync", new AddOptions(false, true, false, null),
                "skipTruncate", new AddOptions(false, false, true, null),
                "destTable", new AddOptions(false, false, false, "other"));
        others.forEach((difference, options) -> assertThatThrownBy(() -> add(a, options))
                .isInstanceOf(PgqException.class)
                .hasMessageContaining(
                        "Table " + a + " is registered already, with another " + difference + ": use SUBSCRIBER_SET"));
        assertThat(table().attributes().expressions()).isEqualTo(Map.of("name", "md5(name)"));
    }

    @Test
    void allThatMatchesLeavesRegisteredTablesAsTheyAre() {
        add(shop.table("a"), AddOptions.DEFAULT);
        shop.onBoth("create table $s.b (id int primary key, name text)").addToProvider("b");
        var masked = with(expression("name", "md5(name)"));
        assertThat(add(shop.table("*"), masked))
                .containsExactlyInAnyOrder(
                        Map.of("table_name", shop.table("a"), "changed", false),
                        Map.of("table_name", shop.table("b"), "changed", true));
        assertThat(new Jdbc(subscriber.dataSource()).inAutoCommit(new TableStates(job)::all))
                .extracting(row -> row.attributes().expressions().keySet())
                .containsExactly(Set.of(), Set.of("name"));
    }

    @Test
    void tableWithoutAttributesIsReplicatedWhole() {
        add(AttributeChanges.NONE);
        assertThat(table().attributes()).isEqualTo(TableAttributes.NONE);
        assertThat(table().fromPartitions()).isFalse();
        assertThat(hasBackup()).isFalse();
    }

    @Test
    void filterHasUpdatesCarryTheirOldRows() {
        add(rowFilter("amount > 5"));
        assertThat(hasBackup()).isTrue();
        shop.onProvider("insert into $s.a values (1, 'x', 1)").onProvider("update $s.a set amount = 7");
        assertThat(provider.<String>value("select ev_extra3::json ->> 'amount' from pgq.event_"
                        + provider.<Integer>value("select queue_id from pgq.queue where queue_name = ?", shop.queue())
                        + " where ev_type = 'U:id'"))
                .isEqualTo("1");
    }

    @Test
    void whatDoesNotFitTheTableIsRefusedWithOneSentence() {
        add(AttributeChanges.NONE);
        refused(rowFilter("amuont > 5"), "row filter", "amuont");
        refused(rowFilter("name"), "boolean");
        refused(rowFilter("amount > (select 1)"), "has a query in it");
        refused(expression("name", "nonsense("), "expression of column name");
        refused(expression("id", "0"), "of the key");
        refused(expression("missing", "0"), "no column missing");
        refused(columns("name", "amount"), "of the key");
        refused(columns("id", "missing"), "no column missing");
        refused(
                new AttributeChanges(null, List.of("id"), Map.of("name", "''"), null, null),
                "has an expression but is not among the columns");
        refused(policies("shrug", null), "not a policy for conflicts: SHRUG");
        refused(policies(null, "shrug"), "not a policy for failures: SHRUG");
        assertThat(table().attributes()).isEqualTo(TableAttributes.NONE);
    }

    private void refused(AttributeChanges changes, String... words) {
        assertThatThrownBy(() -> set(changes))
                .isInstanceOfSatisfying(
                        PgqException.class, e -> assertThat(e.sqlState()).isEqualTo("LD009"))
                .hasMessageContainingAll(words);
    }

    @Test
    void statementCaptureHasNoOldRowsForAFilter() {
        shop.onBoth("create table $s.b (id int primary key)");
        provider.rows(
                "select londiste.provider_add_table(?, ?, null, 'statement', false)", shop.queue(), shop.table("b"));
        assertThatThrownBy(() -> admin.add(
                        TablePatterns.of(shop.table("b")),
                        new AddOptions(false, false, false, null, rowFilter("id > 5"))))
                .hasMessageContaining("statement triggers");
    }

    @Test
    void whatChangesTheRowsHasTheTableCopiedAgainAndPoliciesDoNot() {
        add(AttributeChanges.NONE);
        setState("ok");
        set(policies("SKIP", "FAILED_QUEUE"));
        assertThat(shop.state("a")).isEqualTo("ok");
        set(columns("id", "name"));
        assertThat(shop.state("a")).isEqualTo("NEW");
        setState("catching-up");
        refused(columns(), "is being copied");
    }

    private void setState(String state) {
        subscriber.rows(
                "select londiste.subscriber_set_table_state(?, ?, null, ?)", shop.queue(), shop.table("a"), state);
    }

    @Test
    void columnsThatAreNotReplicatedMayBeMissing() {
        shop.onSubscriber("alter table $s.a drop note, alter name type int using 0");
        assertThatThrownBy(() -> add(AttributeChanges.NONE)).hasMessageContaining("note is missing");
        add(new AttributeChanges(null, List.of("id", "name", "amount"), Map.of("name", "length(name)"), null, null));
        assertThat(new JobCheck(job, 0).run())
                .extracting(row -> row.get("problem"))
                .doesNotContain("structure differs");
    }

    @Test
    void C06_subscriberKnowsThatTheProvidersTableIsPartitioned() {
        shop.onProvider("create table $s.p (id int primary key) partition by range (id)")
                .onProvider("create table $s.p1 partition of $s.p for values from (0) to (100)")
                .onSubscriber("create table $s.p (id int primary key)");
        shop.addToProvider("p");
        admin.add(TablePatterns.of(shop.table("p")), AddOptions.DEFAULT);
        assertThat(table().fromPartitions()).isTrue();
    }
}
