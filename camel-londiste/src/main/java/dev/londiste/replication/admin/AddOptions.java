package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.TxidSnapshot;

/**
 * The switches of SUBSCRIBER_ADD. Immutable.
 *
 * @param force ignore differences of keys and columns
 * @param expectSync the rows are there already: no copy
 * @param skipTruncate the copy leaves the rows that are there
 * @param destTable {@code schema.table} on the subscriber, when it is another name; null when it is not
 * @param attributes what is replicated of the table
 * @param snapshot with expectSync: the provider's snapshot that the rows are of; null when nothing was changed since they were loaded
 */
public record AddOptions(
        boolean force,
        boolean expectSync,
        boolean skipTruncate,
        String destTable,
        AttributeChanges attributes,
        TxidSnapshot snapshot) {

    public static final AddOptions DEFAULT = new AddOptions(false, false, false, null);

    public AddOptions(boolean force, boolean expectSync, boolean skipTruncate, String destTable) {
        this(force, expectSync, skipTruncate, destTable, AttributeChanges.NONE, null);
    }

    public AddOptions(
            boolean force, boolean expectSync, boolean skipTruncate, String destTable, AttributeChanges attributes) {
        this(force, expectSync, skipTruncate, destTable, attributes, null);
    }

    public AddOptions {
        if (expectSync && skipTruncate) {
            throw refused("expectSync and skipTruncate contradict each other: a table that is not copied is not emptied"
                    + " either");
        }
        if (snapshot != null && !expectSync) {
            throw refused("A snapshot says what rows loaded by other means contain, so it needs expectSync");
        }
    }

    private static PgqException refused(String sentence) {
        return new PgqException(sentence, Facts.NONE.sqlState("LD009"), null);
    }
}
