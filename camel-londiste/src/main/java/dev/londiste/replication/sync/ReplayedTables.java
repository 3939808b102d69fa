package dev.londiste.replication.sync;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.Tick;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Which events of a batch the replay applies: those of tables that are ok, except what a table's copy has brought
 * already. Read in the transaction that applies the batch; immutable.
 */
final class ReplayedTables {

    private final Map<String, SubscriberTable> replayed;

    ReplayedTables(List<SubscriberTable> tables) {
        this.replayed = tables.stream()
                .filter(SubscriberTable::isReplayed)
                .collect(Collectors.toUnmodifiableMap(SubscriberTable::name, Function.identity()));
    }

    /** The table whose content the event is to change, or null when the event is not for the replay. */
    SubscriberTable of(Event event) {
        var table = event.extra1() == null ? null : replayed.get(event.extra1());
        return table == null || table.has(event.txid()) ? null : table;
    }

    ReplayedTables without(Collection<String> removed) {
        return new ReplayedTables(replayed.values().stream()
                .filter(table -> !removed.contains(table.name()))
                .toList());
    }

    List<SubscriberTable> all() {
        return List.copyOf(replayed.values());
    }

    /** One that a copy of ours has filled. */
    Optional<SubscriberTable> copied() {
        return replayed.values().stream().filter(table -> !table.expectSync()).findFirst();
    }

    /** Tables whose snapshot can no longer matter once the tick is replayed (C25). */
    List<SubscriberTable> outgrown(Tick tick) {
        return replayed.values().stream()
                .filter(table -> table.snapshot() != null && tick.snapshot().includes(table.snapshot()))
                .toList();
    }
}
