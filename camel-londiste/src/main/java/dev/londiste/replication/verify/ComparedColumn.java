package dev.londiste.replication.verify;

import dev.londiste.pgq.jdbc.Identifiers;

/**
 * A column that both sides of a table have in common. Immutable.
 *
 * @param source its value as the provider computes it for the subscriber, as SQL over the provider's row
 * @param equalsSchema where the subscriber has {@code =} for two values of its type; null when it has none of its own
 */
record ComparedColumn(String name, String source, String equalsSchema) {

    private static final String BUILT_IN = "pg_catalog";

    String quoted() {
        return Identifiers.quote(name);
    }

    /** For a column of the key, whatever the search_path is. */
    String equalsOperator() {
        return equalsSchema == null || equalsSchema.equals(BUILT_IN)
                ? "="
                : "operator(" + Identifiers.quote(equalsSchema) + ".=)";
    }

    /** What {@code is [not] distinct from} can compare: not every type has an operator for that. */
    String tested() {
        return BUILT_IN.equals(equalsSchema) ? quoted() : quoted() + "::text";
    }
}
