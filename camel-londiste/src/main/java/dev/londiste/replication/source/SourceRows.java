package dev.londiste.replication.source;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.change.Change.Operation;
import dev.londiste.pgq.change.Row;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.sync.TableAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The replicated part of one table's changes. With a row filter, the subscriber has a row exactly when the provider's
 * satisfies it: an update that moves a row into the filter becomes an insert, one that moves it out a delete. Not
 * thread-safe.
 */
final class SourceRows {

    private final Job job;
    private final SubscriberTable table;
    private final TableAttributes attributes;
    private final Evaluation evaluation;
    private ReplicatedColumns columns;

    SourceRows(Job job, SubscriberTable table) {
        this.job = job;
        this.table = table;
        this.attributes = table.attributes();
        this.evaluation = new Evaluation(job, table);
    }

    /** Looks at changes that {@link #replicated} is then asked for. */
    void prepare(List<Change> changes) {
        var rows = new ArrayList<Row>(changes.size());
        for (var change : changes) {
            if (change.row() != null) {
                rows.add(change.row());
            }
            if (mayMove(change)) {
                rows.add(oldRow(change));
            }
        }
        evaluation.learn(rows);
    }

    private boolean mayMove(Change change) {
        return attributes.rowFilter() != null && change.operation() == Operation.UPDATE;
    }

    private Row oldRow(Change change) {
        if (change.oldRow() == null) {
            throw new PgqException(
                    "Event " + change.eventId() + " updates table " + table.name()
                            + " without its old row, which the row filter of the table needs; register the table with"
                            + " backup on the provider, then copy it again",
                    job.facts().table(table.name()).event(change.eventId()).sqlState("LD011"),
                    null);
        }
        return change.oldRow();
    }

    /** The change as the subscriber is to see it; empty when it concerns no row there. */
    Optional<Change> replicated(Change change) {
        if (change.operation() == Operation.TRUNCATE) {
            return Optional.of(change);
        }
        boolean is = evaluation.of(change.row()).wanted();
        boolean was = mayMove(change) ? evaluation.of(change.oldRow()).wanted() : is;
        if (!was && !is) {
            return Optional.empty();
        }
        if (was == is) {
            return Optional.of(with(change, change.operation(), cut(change.row()), change.oldKey()));
        }
        return Optional.of(
                is
                        ? with(change, Operation.INSERT, cut(change.row()), null)
                        : with(change, Operation.DELETE, cut(change.oldRow()), null));
    }

    private static Change with(Change change, Operation operation, Row row, Row oldKey) {
        return new Change(
                change.eventId(), change.txid(), operation, change.table(), change.keyColumns(), row, oldKey, null);
    }

    private Row cut(Row row) {
        if (columns == null || !columns.fits(row)) {
            columns = new ReplicatedColumns(row.columns(), attributes);
        }
        return columns.of(row, evaluation.expressions(), evaluation.of(row).results());
    }
}
