package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;

/**
 * The switches of SUBSCRIBER_ADD. Immutable.
 *
 * @param force ignore differences of keys and columns
 * @param expectSync the rows are there already: no copy
 * @param skipTruncate the copy leaves the rows that are there
 * @param destTable {@code schema.table} on the subscriber, when it is another name; null when it is not
 * @param attributes what is replicated of the table
 */
public record AddOptions(
        boolean force, boolean expectSync, boolean skipTruncate, String destTable, AttributeChanges attributes) {

    public static final AddOptions DEFAULT = new AddOptions(false, false, false, null);

    public AddOptions(boolean force, boolean expectSync, boolean skipTruncate, String destTable) {
        this(force, expectSync, skipTruncate, destTable, AttributeChanges.NONE);
    }

    public AddOptions {
        if (expectSync && skipTruncate) {
            throw new PgqException(
                    "expectSync and skipTruncate contradict each other: a table that is not copied is not emptied either",
                    Facts.NONE.sqlState("LD009"),
                    null);
        }
    }
}
