package dev.londiste.examples.benchmark;

import java.sql.SQLException;
import java.time.Duration;

/** PostgreSQL's own logical replication. */
final class NativeReplication implements Replication {

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Database provider;
    private final Database subscriber;
    private final String slot;

    NativeReplication(Database provider, Database subscriber) {
        this.provider = provider;
        this.subscriber = subscriber;
        this.slot = "slot_" + Integer.toHexString(System.identityHashCode(this));
    }

    @Override
    public void install() throws SQLException {
        provider.execute("create publication p for table t");
    }

    @Override
    public void addTable() throws SQLException {
        subscriber.execute("create subscription s connection '" + provider.libpq()
                + "' publication p with (slot_name = " + slot + ")");
        subscriber.await("select bool_and(srsubstate = 'r') from pg_subscription_rel", PATIENCE);
    }

    @Override
    public void pause() throws SQLException {
        subscriber.execute("alter subscription s disable");
        provider.await("select not active from pg_replication_slots where slot_name = '" + slot + "'", PATIENCE);
    }

    @Override
    public void resume() throws SQLException {
        subscriber.execute("alter subscription s enable");
    }

    @Override
    public void close() throws SQLException {
        subscriber.execute("drop subscription if exists s");
    }
}
