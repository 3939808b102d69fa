package dev.londiste.replication.apply;

import dev.londiste.pgq.PgqException;
import java.util.Objects;

/**
 * How the changes of one provider table are applied on the subscriber. Immutable.
 *
 * @param sourceTable {@code schema.table} as events name it
 * @param destTable {@code schema.table} on the subscriber
 * @param partitioned whether the provider's table is partitioned: its rows may move between partitions
 * @param onConflict what becomes of changes that do not fit the subscriber's rows
 */
public record ApplyTarget(String sourceTable, String destTable, boolean partitioned, OnConflict onConflict) {

    public ApplyTarget {
        Objects.requireNonNull(sourceTable, "sourceTable");
        Objects.requireNonNull(destTable, "destTable");
        int dot = destTable.indexOf('.');
        if (dot <= 0 || dot == destTable.length() - 1 || dot != destTable.lastIndexOf('.')) {
            throw new PgqException(
                    "The name '" + destTable + "' is not of the form schema.table.",
                    PgqException.Facts.NONE.table(sourceTable),
                    null);
        }
    }

    public ApplyTarget(String sourceTable, String destTable) {
        this(sourceTable, destTable, false, OnConflict.STOP);
    }

    /** The table of the same name. */
    public static ApplyTarget of(String table) {
        return new ApplyTarget(table, table);
    }

    /** The same for a table that is partitioned on the provider. */
    public ApplyTarget fromPartitions() {
        return new ApplyTarget(sourceTable, destTable, true, onConflict);
    }

    /** The same with another policy. */
    public ApplyTarget onConflict(OnConflict policy) {
        return new ApplyTarget(sourceTable, destTable, partitioned, policy);
    }

    public String destSchema() {
        return destTable.substring(0, destTable.indexOf('.'));
    }

    public String destName() {
        return destTable.substring(destTable.indexOf('.') + 1);
    }
}
