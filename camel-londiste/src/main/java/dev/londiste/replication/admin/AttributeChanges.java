package dev.londiste.replication.admin;

import dev.londiste.replication.sync.TableAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

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

    /** Those that would change what is registered, by their arguments' names. */
    List<String> differencesFrom(TableAttributes registered) {
        var different = new ArrayList<String>();
        var filter = Objects.requireNonNullElse(registered.rowFilter(), "");
        if (rowFilter != null && !rowFilter.strip().equals(filter.strip())) {
            different.add("rowFilter");
        }
        if (columns != null && !columns.equals(registered.columns())) {
            different.add("columns");
        }
        if (expressions != null && !expressions.equals(registered.expressions())) {
            different.add("columnExpressions");
        }
        if (onConflict != null && !isPolicy(onConflict, registered.onConflict())) {
            different.add("onConflict");
        }
        if (onFailure != null && !isPolicy(onFailure, registered.onFailure())) {
            different.add("onFailure");
        }
        return different;
    }

    /** STOP is what stands for none. */
    private static boolean isPolicy(String given, Enum<?> registered) {
        return registered.name().equalsIgnoreCase(given.isEmpty() ? "STOP" : given);
    }

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
