package dev.londiste.examples.londiste.config;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * The section {@code [londiste]}: one replication job.
 *
 * @param job its name
 * @param provider where the tables are
 * @param subscriber where they go to
 * @param queue on the provider
 * @param consumer of the queue; the job's name unless {@code pgq_consumer_id} says
 * @param lockTimeout how long an operation waits for a lock
 * @param loopDelay how long an idle replay waits between two looks at the queue; its own default when not set
 * @param fetchSize {@code pgq_lazy_fetch}; the consumer's own default when 0 or not set
 * @param mirrorQueue the queue on the subscriber that gets all events again
 * @param compareSql the query of {@code compare}
 * @param parallelCopies how many tables are copied at once
 * @param process log and pid file
 */
public record JobSettings(
        String job,
        Database provider,
        Database subscriber,
        String queue,
        String consumer,
        Duration lockTimeout,
        Optional<Duration> loopDelay,
        Optional<Integer> fetchSize,
        Optional<String> mirrorQueue,
        Optional<String> compareSql,
        int parallelCopies,
        ProcessSettings process) {

    public static final String SECTION = "londiste";

    private static final Set<String> KEYS = Set.of(
            "provider_db",
            "subscriber_db",
            "pgq_queue_name",
            "pgq_consumer_id",
            "lock_timeout",
            "loop_delay",
            "pgq_lazy_fetch",
            "mirror_queue",
            "compare_sql",
            "parallel_copies");

    public static JobSettings of(ConfigFile file) {
        var job = file.required(ProcessSettings.JOB_NAME);
        return new JobSettings(
                job,
                file.database("provider_db"),
                file.database("subscriber_db"),
                file.required("pgq_queue_name"),
                file.text("pgq_consumer_id").orElse(job),
                file.seconds("lock_timeout", Duration.ofSeconds(10)),
                file.text("loop_delay").map(given -> file.seconds("loop_delay", Duration.ZERO)),
                Optional.of(file.wholeNumber("pgq_lazy_fetch", 0)).filter(rows -> rows > 0),
                file.text("mirror_queue"),
                file.text("compare_sql"),
                file.wholeNumber("parallel_copies", 2),
                ProcessSettings.of(file, KEYS));
    }
}
