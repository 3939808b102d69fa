package dev.londiste.replication.component;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.ConnectionsNeeded;
import dev.londiste.replication.sync.Job;
import java.util.Map;
import java.util.WeakHashMap;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out at the start of a replay whether the pools are large enough, rather than by a copy that hangs later. One that
 * was is not asked again: opening its connections takes longer than all else that a route does when it starts again. Not
 * thread-safe.
 */
final class PoolSize {

    private static final Logger LOG = LoggerFactory.getLogger(PoolSize.class);

    /** How many connections each pool has given at once. */
    private final Map<DataSource, Integer> given = new WeakHashMap<>();

    void require(Job job, int connections) {
        require(job, job.providerPool(), connections);
        require(job, job.subscriber(), connections);
    }

    /** A database that is down now may be up later: the replay waits for it. */
    private void require(Job job, DataSource pool, int connections) {
        if (given.getOrDefault(pool, 0) >= connections) {
            return;
        }
        try {
            ConnectionsNeeded.require(connections, pool, job.queue(), job.consumer());
            given.put(pool, connections);
        } catch (PgqException e) {
            if (!e.is("08")) {
                throw e;
            }
            LOG.warn("{}/{} - not connected, will try again: {}", job.queue(), job.consumer(), e.getMessage());
        }
    }
}
