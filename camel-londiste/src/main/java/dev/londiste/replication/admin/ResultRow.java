package dev.londiste.replication.admin;

import java.util.LinkedHashMap;
import java.util.Map;

/** Rows of results: names in their order, values that may be null. */
final class ResultRow {

    private ResultRow() {}

    static Map<String, Object> of(Object... namesAndValues) {
        var row = new LinkedHashMap<String, Object>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            row.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return row;
    }
}
