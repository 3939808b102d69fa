package dev.londiste.replication.apply.target;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Puts tables in an order in which foreign keys find what they reference; a cycle is cut anywhere. */
public final class ForeignKeyOrder {

    private final Map<Long, TargetTable> tables = new HashMap<>();
    private final Set<Long> visited = new HashSet<>();
    private final List<TargetTable> ordered = new ArrayList<>();

    private ForeignKeyOrder(Collection<TargetTable> tables) {
        tables.forEach(table -> this.tables.put(table.oid(), table));
    }

    public static List<TargetTable> parentsFirst(Collection<TargetTable> tables) {
        var order = new ForeignKeyOrder(tables);
        tables.forEach(table -> order.visit(table.oid()));
        return order.ordered;
    }

    private void visit(long oid) {
        var table = tables.get(oid);
        if (table == null || !visited.add(oid)) {
            return;
        }
        table.parents().forEach(this::visit);
        ordered.add(table);
    }
}
