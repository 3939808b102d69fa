package dev.londiste.replication.source;

import dev.londiste.replication.apply.ApplyMode;
import dev.londiste.replication.apply.ApplyTarget;
import dev.londiste.replication.apply.ChangeApplier;
import dev.londiste.replication.apply.ChangeSink;
import dev.londiste.replication.apply.FailedQueue;
import dev.londiste.replication.apply.OnFailure;
import dev.londiste.replication.failed.FailedEvents;
import dev.londiste.replication.sync.ChangeAppliers;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.SubscriberTable;
import java.sql.Connection;
import java.util.List;
import java.util.stream.Collectors;

/** Appliers that obey the attributes of their tables, for replay and catch-up alike. Thread-safe. */
public record TableAppliers(Job job) implements ChangeAppliers {

    @Override
    public ChangeSink open(Connection subscriber, List<SubscriberTable> tables) {
        var targets = tables.stream().map(TableAppliers::target).toArray(ApplyTarget[]::new);
        var applier = new ChangeApplier(subscriber, ApplyMode.NET_CHANGES, failedQueue(subscriber, tables), targets);
        return ReplicatedPart.of(job, tables, applier);
    }

    private FailedQueue failedQueue(Connection subscriber, List<SubscriberTable> tables) {
        var goingOn = tables.stream()
                .filter(table -> table.attributes().onFailure() == OnFailure.FAILED_QUEUE)
                .map(SubscriberTable::name)
                .collect(Collectors.toSet());
        // One that goes on may have changes there that are younger than its record: of this batch, before a script,
        // or of an earlier batch of its copy.
        var waiting = tables.stream()
                .filter(table -> table.hasFailed() || goingOn.contains(table.name()))
                .map(SubscriberTable::name)
                .toList();
        return new FailedEvents(subscriber, job.queue(), goingOn, waiting);
    }

    private static ApplyTarget target(SubscriberTable table) {
        return new ApplyTarget(
                table.name(),
                table.target(),
                table.fromPartitions(),
                table.attributes().onConflict());
    }
}
