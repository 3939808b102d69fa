package dev.londiste.replication.admin;

import java.util.List;
import java.util.Map;

/**
 * What SUBSCRIBER_ADD and SUBSCRIBER_SET make of the attributes of tables: null leaves one as it is, an empty one removes
 * it. Immutable.
 *
 * @param rowFilter SQL over the provider's row
 * @param columns of the provider
 * @param expressions SQL over the provider's row by column
 * @param onConflict STOP, OVERWRITE or SKIP
 * @param onFailure STOP or FAILED_QUEUE
 */
public record AttributeChanges(
        String rowFilter, List<String> columns, Map<String, String> expressions, String onConflict, String onFailure) {

    public static final AttributeChanges NONE = new AttributeChanges(null, null, null, null, null);

    String[] columnArray() {
        return columns == null ? null : columns.toArray(String[]::new);
    }

    String[] expressionColumns() {
        return expressions == null ? null : expressions.keySet().toArray(String[]::new);
    }

    /** In the order of {@link #expressionColumns}. */
    String[] expressionTexts() {
        return expressions == null ? null : expressions.values().toArray(String[]::new);
    }
}
