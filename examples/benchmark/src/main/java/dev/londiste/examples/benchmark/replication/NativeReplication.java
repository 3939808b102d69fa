package dev.londiste.examples.benchmark.replication;

import dev.londiste.examples.benchmark.server.Database;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** PostgreSQL's own logical replication. */
public final class NativeReplication implements Replication {

    private static final Duration PATIENCE = Duration.ofMinutes(30);
    private static final Duration PAUSE = Duration.ofMillis(5);

    private final Database provider;
    private final Database subscriber;
    private final String slot;

    public NativeReplication(Database provider, Database subscriber) {
        this.provider = provider;
        this.subscriber = subscriber;
        this.slot = "slot_" + Integer.toHexString(System.identityHashCode(this));
    }

    @Override
    public void install(List<String> tables) throws SQLException {
        provider.execute("create publication p for table " + String.join(", ", tables));
    }

    @Override
    public void addTables() throws SQLException {
        subscriber.execute("create subscription s connection '" + provider.libpq()
                + "' publication p with (slot_name = " + slot + ")");
        subscriber.await("select bool_and(srsubstate = 'r') from pg_subscription_rel", PAUSE, PATIENCE);
    }

    @Override
    public void pause() throws SQLException {
        subscriber.execute("alter subscription s disable");
        provider.await("select not active from pg_replication_slots where slot_name = '" + slot + "'", PAUSE, PATIENCE);
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
