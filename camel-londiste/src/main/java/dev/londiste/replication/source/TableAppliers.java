package dev.londiste.replication.source;

import dev.londiste.replication.apply.ApplyTarget;
import dev.londiste.replication.apply.ChangeApplier;
import dev.londiste.replication.apply.ChangeSink;
import dev.londiste.replication.sync.ChangeAppliers;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.SubscriberTable;
import java.sql.Connection;
import java.util.List;

/** Appliers that obey the attributes of their tables, for replay and catch-up alike. Thread-safe. */
public record TableAppliers(Job job) implements ChangeAppliers {

    @Override
    public ChangeSink open(Connection subscriber, List<SubscriberTable> tables) {
        var targets = tables.stream().map(TableAppliers::target).toArray(ApplyTarget[]::new);
        return ReplicatedPart.of(job, tables, new ChangeApplier(subscriber, targets));
    }

    private static ApplyTarget target(SubscriberTable table) {
        return new ApplyTarget(
                table.name(),
                table.target(),
                table.fromPartitions(),
                table.attributes().onConflict());
    }
}
