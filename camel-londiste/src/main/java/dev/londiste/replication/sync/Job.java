package dev.londiste.replication.sync;

import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.jdbc.WatchedDataSource;
import dev.londiste.replication.follow.ProviderDatabase;
import java.time.Duration;
import java.util.Objects;
import javax.sql.DataSource;

/**
 * What a replication job is: which queue of which provider, followed under which consumer name, goes to which
 * subscriber. Immutable.
 *
 * @param name the job's name, used in logs
 * @param consumer the name of its consumer, and of its position on the subscriber
 * @param lockTimeout how long to wait for a lock that someone else holds
 */
public record Job(
        String name, String queue, String consumer, DataSource provider, DataSource subscriber, Duration lockTimeout) {

    public Job {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(queue, "queue");
        Objects.requireNonNull(consumer, "consumer");
        provider = ProviderDatabase.of(Objects.requireNonNull(provider, "provider"), queue);
        Objects.requireNonNull(subscriber, "subscriber");
        Objects.requireNonNull(lockTimeout, "lockTimeout");
    }

    /** The provider as it was given: the consumer of the queue knows it by that. */
    public DataSource providerPool() {
        return WatchedDataSource.poolOf(ProviderDatabase.poolOf(provider));
    }

    public Facts facts() {
        return Facts.of(queue, consumer);
    }

    /** The consumer of one table's copy, and the name of the copy's own position. */
    public String copyConsumer(SubscriberTable table) {
        return consumer + "_copy_" + table.nr();
    }
}
