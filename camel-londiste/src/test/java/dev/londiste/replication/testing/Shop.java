package dev.londiste.replication.testing;

import dev.londiste.replication.copy.CopyOptions;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * One replication between two databases, and what tests ask of both sides. Queue, job and the schema of its tables are
 * its own, so that the tests of a class share two databases. {@code $s} in SQL stands for that schema.
 */
public final class Shop {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final TestDatabase provider;
    private final TestDatabase subscriber;
    private final String schema;

    public Shop(TestDatabase provider, TestDatabase subscriber) {
        this(provider, subscriber, "shop" + NUMBER.incrementAndGet());
    }

    public Shop(TestDatabase provider, TestDatabase subscriber, String schema) {
        this.provider = provider;
        this.subscriber = subscriber;
        this.schema = schema;
    }

    /** Makes schema and queue, with the short ticker lag that PROVIDER_INSTALL sets. */
    public Shop create() {
        provider.rows("select pgq.create_queue(?)", queue());
        provider.rows("select pgq.set_queue_config(?, 'ticker_max_lag', '50 ms')", queue());
        return onBoth("create schema $s");
    }

    public String queue() {
        return schema + "_queue";
    }

    public String job() {
        return schema + "_job";
    }

    public String schema() {
        return schema;
    }

    public String table(String name) {
        return schema + "." + name;
    }

    public String sql(String text) {
        return text.replace("$s", schema);
    }

    public Shop onBoth(String sql) {
        return onProvider(sql).onSubscriber(sql);
    }

    public Shop onProvider(String sql) {
        provider.execute(sql(sql));
        return this;
    }

    public Shop onSubscriber(String sql) {
        subscriber.execute(sql(sql));
        return this;
    }

    public Shop addToProvider(String... tables) {
        Arrays.stream(tables)
                .forEach(table -> provider.rows("select londiste.provider_add_table(?, ?)", queue(), table(table)));
        return this;
    }

    /** As SUBSCRIBER_ADD does, with the tick that spares an idle provider's copies a wait. */
    public Shop addToSubscriber(String... tables) {
        Arrays.stream(tables)
                .forEach(table -> subscriber.rows("select londiste.subscriber_add_table(?, ?)", queue(), table(table)));
        forceTick();
        return this;
    }

    public Shop add(String... tables) {
        return addToProvider(tables).addToSubscriber(tables);
    }

    /** The id of a tick made now. */
    public long forceTick() {
        return provider.value("select pgq_client.tick_now(?)", queue());
    }

    public ReplayLoop replay() {
        return new ReplayLoop(provider.dataSource(), subscriber.dataSource(), queue(), job());
    }

    public ReplayLoop replay(CopyOptions options) {
        return new ReplayLoop(provider.dataSource(), subscriber.dataSource(), queue(), job(), options);
    }

    public TestDatabase provider() {
        return provider;
    }

    public TestDatabase subscriber() {
        return subscriber;
    }

    public String state(String table) {
        return (String) registration(table).get("state");
    }

    public Map<String, Object> registration(String table) {
        return subscriber
                .rows(
                        "select *, coalesce(merge_state, 'NEW') as state from londiste.subscriber_table"
                                + " where queue_name = ? and table_name = ?",
                        queue(),
                        table(table))
                .get(0);
    }

    public Map<String, Object> position() {
        return position(job());
    }

    public Map<String, Object> position(String consumer) {
        var rows = subscriber.rows("select * from londiste.completed where consumer_id = ?", consumer);
        return rows.isEmpty() ? null : rows.get(0);
    }

    /** Every row of a table as text, on either side. */
    public List<Map<String, Object>> content(TestDatabase database, String table) {
        return database.rows("select t::text as row from " + table(table) + " t order by 1");
    }

    /** A checksum of a large table. */
    public String checksum(TestDatabase database, String table) {
        return database.value(
                "select count(*) || ':' || coalesce(md5(string_agg(t::text, ',' order by t::text)), '') from "
                        + table(table) + " t");
    }

    public boolean isEqual(String table) {
        return checksum(provider, table).equals(checksum(subscriber, table));
    }

    /** Whether every registered table is ok and has nothing left to skip. */
    public boolean isInSync() {
        return subscriber
                .rows(
                        "select from londiste.subscriber_table where queue_name = ?"
                                + " and (merge_state is distinct from 'ok' or snapshot is not null)",
                        queue())
                .isEmpty();
    }

    public boolean hasApplied(long tick) {
        var position = position();
        return position != null && (Long) position.get("last_tick_id") >= tick;
    }

    /** Waits until all tables are in sync, ticks, and waits until the subscriber has applied that tick. */
    public Shop awaitSync() {
        await().until(this::isInSync);
        long tick = forceTick();
        await().until(() -> hasApplied(tick));
        return this;
    }

    /** As {@link #awaitSync()}, with {@code poll} doing the replay's work meanwhile. */
    public Shop awaitSyncBy(Runnable poll) {
        long tick = forceTick();
        await().until(() -> {
            poll.run();
            return isInSync() && hasApplied(tick);
        });
        return this;
    }

    public static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(30));
    }
}
