package dev.londiste.replication.apply.net;

import dev.londiste.pgq.change.Change;
import dev.londiste.replication.apply.target.ForeignKeyOrder;
import dev.londiste.replication.apply.target.RowMappings;
import dev.londiste.replication.apply.target.SubscriberSession;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The net changes of a chunk, table by table: what is left when every key's history is taken together. They can be
 * applied in any order of keys; foreign keys give the order of tables.
 */
public final class NetChanges {

    private final Map<Long, NetTable> tables;

    private NetChanges(Map<Long, NetTable> tables) {
        this.tables = tables;
    }

    /** Empty when the chunk must be applied in order: a table wants it, or the history of a key does. */
    public static Optional<NetChanges> of(List<Change> changes, RowMappings mappings, SubscriberSession session) {
        var byMapping = new HashMap<String, NetTable>();
        for (var change : changes) {
            var net = byMapping.get(change.table());
            if (net == null) {
                var mapping = mappings.of(change);
                if (mapping.table().wantsOrder() || !mapping.keysAreComparable()) {
                    return Optional.empty();
                }
                net = new NetTable(mapping);
                byMapping.put(change.table(), net);
            }
            // Rows of several shapes, as after DDL or of partial SQL, do not replace each other.
            if (!net.mapping().fits(change) || mustRekeyInPlace(change, net, session) || !net.add(change)) {
                return Optional.empty();
            }
        }
        return byTable(byMapping);
    }

    /** Two sources that share a target share its keys as well: only their order tells what belongs together. */
    private static Optional<NetChanges> byTable(Map<String, NetTable> bySource) {
        var tables = new HashMap<Long, NetTable>();
        for (var net : bySource.values()) {
            if (tables.put(net.mapping().table().oid(), net) != null) {
                return Optional.empty();
            }
        }
        return Optional.of(new NetChanges(tables));
    }

    /** A delete and an insert in its stead would set off the actions of foreign keys that reference the row (C29). */
    private static boolean mustRekeyInPlace(Change change, NetTable net, SubscriberSession session) {
        var table = net.mapping().table();
        return change.oldKey() != null && table.referenced() && !session.actsAsReplica(table);
    }

    public List<NetTable> parentsFirst() {
        var targets = tables.values().stream().map(net -> net.mapping().table()).toList();
        return ForeignKeyOrder.parentsFirst(targets).stream()
                .map(table -> tables.get(table.oid()))
                .toList();
    }
}
