package dev.londiste.replication.apply.target;

import dev.londiste.pgq.change.Change;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The mappings of each table's rows, one for each shape that they have had. Not thread-safe. */
public final class RowMappings {

    private final TargetCatalog catalog;
    private final Map<String, List<RowMapping>> mappings = new HashMap<>();

    public RowMappings(TargetCatalog catalog) {
        this.catalog = catalog;
    }

    public RowMapping of(Change change) {
        var known = mappings.computeIfAbsent(change.table(), table -> new ArrayList<>(1));
        for (var mapping : known) {
            if (mapping.fits(change)) {
                return mapping;
            }
        }
        var mapping = RowMapping.of(catalog.table(change), catalog.onConflict(change), change);
        known.add(mapping);
        return mapping;
    }
}
