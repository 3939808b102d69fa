package dev.londiste.replication.copy;

import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.TableState.Kind;
import dev.londiste.replication.sync.TableStates;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unregisters copy consumers that no table needs: a process that dies just after a hand-over leaves its consumer behind,
 * and a consumer that does not read stops the queue's rotation (C24). Thread-safe.
 */
final class StaleCopyConsumers {

    private static final Logger LOG = LoggerFactory.getLogger(StaleCopyConsumers.class);

    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private final Job job;
    private final Clock clock;
    private final Pattern ours;
    private Instant nextLook = Instant.MIN;

    StaleCopyConsumers(Job job, Clock clock) {
        this.job = job;
        this.clock = clock;
        this.ours = Pattern.compile(Pattern.quote(job.consumer()) + "_copy_(\\d{1,9})");
    }

    synchronized boolean isDue() {
        var now = clock.instant();
        if (now.isBefore(nextLook)) {
            return false;
        }
        nextLook = now.plus(INTERVAL);
        return true;
    }

    /** Removes them; {@code inUse} tells which table numbers a worker of this process is busy with. */
    void remove(IntPredicate inUse) {
        try {
            // Consumers first: one that is registered after this look is not in the list.
            var consumers = new PgqQueue(job.provider(), job.queue())
                    .consumers().stream()
                            .map(row -> row.get("consumer_name").toString())
                            .toList();
            var needed = new Jdbc(job.subscriber())
                    .inAutoCommit(new TableStates(job)::all).stream()
                            .filter(table ->
                                    !table.state().is(Kind.OK) && !table.state().is(Kind.NEW))
                            .map(table -> table.nr())
                            .collect(Collectors.toSet());
            consumers.forEach(consumer -> {
                var matcher = ours.matcher(consumer);
                if (matcher.matches()) {
                    int nr = Integer.parseInt(matcher.group(1));
                    if (!needed.contains(nr) && !inUse.test(nr)) {
                        remove(consumer);
                    }
                }
            });
        } catch (PgqException e) {
            LOG.warn("{}/{} - cannot look for stale consumers: {}", job.queue(), job.consumer(), e.getMessage());
        }
    }

    private void remove(String consumer) {
        new PgqConsumerClient(job.provider(), job.queue(), consumer).unregister();
        LOG.info("{}/{} - consumer {} removed: its table is in sync", job.queue(), job.consumer(), consumer);
    }
}
