package dev.londiste.replication.sync;

import dev.londiste.pgq.jdbc.Jdbc;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies that a script of the batch in hand has no room for (C36): their tables become NEW, and stay so until that batch is
 * applied. Not thread-safe.
 */
final class RestartedCopies {

    private static final Logger LOG = LoggerFactory.getLogger(RestartedCopies.class);

    private static final String RESTART = """
            select londiste.restart_copies(?, ?, ?)
            """;

    private final Job job;
    private final CopySupervisor copies;
    private List<Integer> heldBack = List.of();

    RestartedCopies(Job job, CopySupervisor copies) {
        this.job = job;
        this.copies = copies;
    }

    /** After the batch was rolled back: nothing of ours is locked, and whoever copies loses his attempt. */
    void restart(CopyInTheWayException cause) {
        heldBack = cause.tables().stream().map(SubscriberTable::nr).toList();
        var names = cause.tables().stream().map(SubscriberTable::name).toList();
        copies.stop(heldBack);
        new Jdbc(job.subscriber()).one(RESTART, row -> true, job.consumer(), job.queue(), names.toArray(String[]::new));
        LOG.info("{}/{} - {}", job.queue(), job.consumer(), cause.getMessage());
    }

    /** The tables that may be copied now. */
    List<SubscriberTable> without(List<SubscriberTable> tables) {
        return heldBack.isEmpty()
                ? tables
                : tables.stream()
                        .filter(table -> !heldBack.contains(table.nr()))
                        .toList();
    }

    /** The batch is applied. */
    void release() {
        heldBack = List.of();
    }
}
