package dev.londiste.replication.verify;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What both sides of a table add up to. */
record ContentSums(BucketSums provider, BucketSums subscriber) {

    List<Integer> differing() {
        return provider.differing(subscriber);
    }

    /** With the names that results have. */
    Map<String, Object> asRow(ComparedTable table) {
        var row = new LinkedHashMap<String, Object>();
        row.put("table_name", table.name());
        row.put("provider_rows", provider.rows());
        row.put("subscriber_rows", subscriber.rows());
        row.put("provider_checksum", provider.checksum());
        row.put("subscriber_checksum", subscriber.checksum());
        row.put("equal", differing().isEmpty());
        return row;
    }
}
