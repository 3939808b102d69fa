package dev.londiste.replication.sync;

import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.pgq.jdbc.JdbcSession;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Parks tables whose partitions came or went with their rows and without events: attached, detached or dropped by other
 * means than the operations that send the rows (C05). A partition that was created as one brings no rows. Not thread-safe.
 */
final class PartitionWatch {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionWatch.class);

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private static final String DRIFT = """
            select table_name, detail from londiste.partition_drift(?)
            """;

    private final Job job;
    private final TableStates states;
    private final Clock clock;
    private final Jdbc provider;
    private Instant nextLook = Instant.MIN;

    PartitionWatch(Job job, TableStates states, Clock clock) {
        this.job = job;
        this.states = states;
        this.clock = clock;
        this.provider = new Jdbc(job.provider());
    }

    /** The tables that go on, looked at once a second; the others are parked in the session's transaction. */
    List<SubscriberTable> check(JdbcSession session, List<SubscriberTable> tables) {
        var now = clock.instant();
        if (now.isBefore(nextLook) || tables.stream().noneMatch(PartitionWatch::isWatched)) {
            return tables;
        }
        nextLook = now.plus(INTERVAL);
        var drift = drift();
        return tables.stream()
                .filter(table -> !isWatched(table) || !drift.containsKey(table.name()) || park(session, table, drift))
                .toList();
    }

    private static boolean isWatched(SubscriberTable table) {
        return table.fromPartitions() && table.isReplayed();
    }

    private Map<String, String> drift() {
        var drift = new HashMap<String, String>();
        provider.query(DRIFT, row -> drift.putIfAbsent(row.getString(1), row.getString(2)), job.queue());
        return drift;
    }

    /** Answers false: the table does not go on. */
    private boolean park(JdbcSession session, SubscriberTable table, Map<String, String> drift) {
        var reason = drift.get(table.name());
        states.park(session, table, reason);
        LOG.error("{}/{} - {}: parked: {}", job.queue(), job.consumer(), table.name(), reason);
        return false;
    }
}
