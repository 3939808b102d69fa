package dev.londiste.replication.component;

import dev.londiste.pgq.Participants.Registration;
import dev.londiste.pgq.component.PgqParticipants;
import dev.londiste.replication.copy.TableCopies;
import dev.londiste.replication.source.TableAppliers;
import dev.londiste.replication.sync.ForeignKeyRestorer;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.Mirror;
import dev.londiste.replication.sync.MirrorQueue;
import dev.londiste.replication.sync.Replay;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
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
    private final PoolSize poolSize = new PoolSize();

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
        var known = running.computeIfAbsent(Key.of(job), unknown -> start(endpoint, job));
        known.users++;
        return known.replay;
    }

    private RunningJob start(LondisteEndpoint endpoint, Job job) {
        poolSize.require(job, connections(endpoint.getConfiguration()));
        return new RunningJob(endpoint, job);
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

    synchronized List<RunningJob> all() {
        return List.copyOf(running.values());
    }

    /** What makes two endpoints mean the same job. */
    private record Key(DataSource provider, DataSource subscriber, String queue, String consumer) {

        static Key of(Job job) {
            return new Key(job.providerPool(), job.subscriber(), job.queue(), job.consumer());
        }
    }

    /** A replay with what works for it. */
    static final class RunningJob {

        private final ExecutorService executor;
        private final TableCopies copies;
        private final Replay replay;
        private final Registration registration;
        private final JobObservation observation;
        private int users;

        RunningJob(LondisteEndpoint endpoint, Job job) {
            var context = endpoint.getCamelContext();
            var clock = Clock.systemUTC();
            var appliers = new TableAppliers(job);
            executor = context.getExecutorServiceManager().newCachedThreadPool(endpoint, "londiste-" + job.name());
            copies = new TableCopies(job, appliers, endpoint.getConfiguration().copyOptions(), executor, clock);
            replay = new Replay(
                    job,
                    appliers,
                    copies,
                    new ForeignKeyRestorer(job, executor, clock),
                    mirror(endpoint, job),
                    endpoint.getConfiguration().isRouteTransforms(),
                    clock);
            registration =
                    PgqParticipants.of(context).register(job.providerPool(), job.queue(), job.consumer(), replay);
            observation = new JobObservation(context, job, replay);
        }

        private static Mirror mirror(LondisteEndpoint endpoint, Job job) {
            var queue = endpoint.getConfiguration().getMirrorQueue();
            return queue == null ? Mirror.NONE : new MirrorQueue(job, queue);
        }

        Replay replay() {
            return replay;
        }

        TableCopies copies() {
            return copies;
        }

        /** What this process knows of the job, for a result row. */
        Map<String, Object> figures() {
            var figures = replay.statistics().snapshot();
            var row = new LinkedHashMap<String, Object>();
            row.put("role", figures.role());
            row.put("batches", figures.batches());
            row.put("events_applied", figures.events());
            row.put("missing_deletes", figures.changes().missingDeletes());
            row.put("conflicts", figures.changes().conflicts());
            row.put("events_failed", figures.changes().failed());
            row.put("events_per_second", figures.eventsPerSecond());
            row.put("failures", figures.failures());
            row.put(
                    "last_commit",
                    figures.lastCommit() == null ? null : figures.lastCommit().toString());
            row.put("last_error", figures.lastError());
            row.put("parked_tables", figures.parked());
            row.put("copy_errors", copies.errors());
            return row;
        }

        private void end(LondisteEndpoint endpoint) {
            registration.close();
            observation.close();
            try {
                replay.close();
            } finally {
                endpoint.getCamelContext().getExecutorServiceManager().shutdownGraceful(executor);
            }
        }
    }
}
