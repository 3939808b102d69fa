package dev.londiste.replication.sync;

import dev.londiste.replication.apply.ApplyTarget;
import dev.londiste.replication.apply.ChangeApplier;
import java.sql.Connection;
import java.util.List;

/** Makes the applier of one open transaction. Thread-safe. */
@FunctionalInterface
public interface ChangeAppliers {

    ChangeApplier open(Connection subscriber, List<SubscriberTable> tables);

    /** Appliers that know the tables' names and policies on the subscriber. */
    static ChangeAppliers byName() {
        return (subscriber, tables) -> new ChangeApplier(
                subscriber,
                tables.stream()
                        .map(table -> new ApplyTarget(
                                table.name(),
                                table.target(),
                                table.fromPartitions(),
                                table.attributes().onConflict()))
                        .toArray(ApplyTarget[]::new));
    }
}
