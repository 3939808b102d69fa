package dev.londiste.replication.verify;

import dev.londiste.replication.verify.Difference.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How many rows differ in which way, with the keys of the first ones. Not thread-safe. */
final class DifferenceCounts {

    private static final int MOST_KEYS = 100;

    private final ComparedTable table;
    private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
    private final List<Map<String, Object>> first = new ArrayList<>();

    DifferenceCounts(ComparedTable table) {
        this.table = table;
    }

    void add(Difference difference) {
        counts.merge(difference.kind(), 1L, Long::sum);
        if (first.size() < MOST_KEYS) {
            var row = new LinkedHashMap<String, Object>();
            row.put("difference", difference.kind().name().toLowerCase(Locale.ROOT));
            row.put("key", table.named(difference.key()));
            first.add(row);
        }
    }

    void addTo(Map<String, Object> row) {
        for (var kind : Kind.values()) {
            row.put(kind.name().toLowerCase(Locale.ROOT) + "_rows", counts.getOrDefault(kind, 0L));
        }
        row.put("differences", first);
    }
}
