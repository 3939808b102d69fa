package dev.londiste.replication.apply;

import dev.londiste.pgq.change.Change;
import java.util.HashMap;
import java.util.Map;

/** The mapping of each table's rows; a table whose rows change their shape gets another one. Not thread-safe. */
final class RowMappings {

    private final TargetCatalog catalog;
    private final Map<String, RowMapping> mappings = new HashMap<>();

    RowMappings(TargetCatalog catalog) {
        this.catalog = catalog;
    }

    RowMapping of(Change change) {
        var mapping = mappings.get(change.table());
        if (mapping == null || !mapping.fits(change)) {
            mapping = RowMapping.of(catalog.table(change), change);
            mappings.put(change.table(), mapping);
        }
        return mapping;
    }
}
