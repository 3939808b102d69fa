package dev.londiste.replication.component;

import dev.londiste.pgq.Participants.Registration;
import dev.londiste.pgq.component.PgqParticipants;
import dev.londiste.replication.copy.TableCopies;
import dev.londiste.replication.source.TableAppliers;
import dev.londiste.replication.sync.ForeignKeyRestorer;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.Replay;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import javax.sql.DataSource;

/**
 * The replays of a component, one a job, shared by all APPLY producers of that job: a route may lead to it on several
 * ways. Thread-safe.
 */
final class RunningJobs {

    private final Map<Key, RunningJob> running = new HashMap<>();

    /**
     * How many connections of each pool a replay uses at once: for the batch, the job's lock, foreign keys, and for each
     * copy one beside those of its ranges.
     */
    static int connections(LondisteConfiguration options) {
        return 3 + options.getParallelCopies() * (1 + options.getParallelRanges());
    }

    /** Starts the job's replay, or joins the one that runs. Close it once for each time. */
    synchronized Replay join(LondisteEndpoint endpoint) {
        var job = endpoint.job();
        var known = running.computeIfAbsent(Key.of(job), unknown -> new RunningJob(endpoint, job));
        known.users++;
        return known.replay;
    }

    /** The last one to leave ends the replay. */
    synchronized void leave(LondisteEndpoint endpoint) {
        var key = Key.of(endpoint.job());
        var known = running.get(key);
        if (known != null && --known.users == 0) {
            running.remove(key);
            known.end(endpoint);
        }
    }

    synchronized Optional<RunningJob> find(Job job) {
        return Optional.ofNullable(running.get(Key.of(job)));
    }

    /** What makes two endpoints mean the same job. */
    private record Key(DataSource provider, DataSource subscriber, String queue, String consumer) {

        static Key of(Job job) {
            return new Key(job.provider(), job.subscriber(), job.queue(), job.consumer());
        }
    }

    /** A replay with what works for it. */
    static final class RunningJob {

        private final ExecutorService executor;
        private final TableCopies copies;
        private final Replay replay;
        private final Registration registration;
        private int users;

        RunningJob(LondisteEndpoint endpoint, Job job) {
            var context = endpoint.getCamelContext();
            var clock = Clock.systemUTC();
            var appliers = new TableAppliers(job);
            executor = context.getExecutorServiceManager().newCachedThreadPool(endpoint, "londiste-" + job.name());
            copies = new TableCopies(job, appliers, endpoint.getConfiguration().copyOptions(), executor, clock);
            replay = new Replay(job, appliers, copies, new ForeignKeyRestorer(job, executor, clock), clock);
            registration = PgqParticipants.of(context).register(job.provider(), job.queue(), job.consumer(), replay);
        }

        Replay replay() {
            return replay;
        }

        TableCopies copies() {
            return copies;
        }

        private void end(LondisteEndpoint endpoint) {
            registration.close();
            try {
                replay.close();
            } finally {
                endpoint.getCamelContext().getExecutorServiceManager().shutdownGraceful(executor);
            }
        }
    }
}
