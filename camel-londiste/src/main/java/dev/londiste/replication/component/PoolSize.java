package dev.londiste.replication.component;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.ConnectionsNeeded;
import dev.londiste.replication.sync.Job;
import java.util.HashSet;
import java.util.Set;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out at the start of a replay whether the pools are large enough, rather than by a copy that hangs later. A job that
 * starts again does not ask again: opening the connections takes longer than all else that its route does then. Not
 * thread-safe.
 */
final class PoolSize {

    private static final Logger LOG = LoggerFactory.getLogger(PoolSize.class);

    private final Set<Given> given = new HashSet<>();

    /** So many connections at once, to this job: another one that shares the pool needs as many beside them. */
    private record Given(DataSource pool, String queue, String consumer, int connections) {}

    void require(Job job, int connections) {
        require(job, job.providerPool(), connections);
        require(job, job.subscriber(), connections);
    }

    /** A database that is down now may be up later: the replay waits for it. */
    private void require(Job job, DataSource pool, int connections) {
        var wanted = new Given(pool, job.queue(), job.consumer(), connections);
        if (given.contains(wanted)) {
            return;
        }
        try {
            ConnectionsNeeded.require(connections, pool, job.queue(), job.consumer());
            given.add(wanted);
        } catch (PgqException e) {
            if (!e.is("08")) {
                throw e;
            }
            LOG.warn("{}/{} - not connected, will try again: {}", job.queue(), job.consumer(), e.getMessage());
        }
    }
}
