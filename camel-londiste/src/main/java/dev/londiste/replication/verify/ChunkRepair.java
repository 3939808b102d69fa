package dev.londiste.replication.verify;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.pgq.jdbc.SqlErrors;
import dev.londiste.replication.apply.ActingAsReplay;
import dev.londiste.replication.apply.ApplyTarget;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.OpenTransaction;
import dev.londiste.replication.sync.SubscriberTable;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Repairs a bounded number of rows, in one transaction of the subscriber, beside a running replay (C40). What a
 * comparison found is old by now: a row that was missing may be deleted on both sides, and would come back. So both sides
 * meet anew for every chunk: the provider's writers are kept off, the replay catches up, both rows of each key are read
 * again, the subscriber's is made equal and committed, and only then the writers go on. Stateless and thread-safe.
 */
final class ChunkRepair implements ChunkFixer {

    private static final String HOLD = """
            select londiste.hold_replayed(?, ?, ?)
            """;

    private static final String INTEGRITY = "23";

    private final Job job;
    private final SubscriberTable table;

    ChunkRepair(Job job, SubscriberTable table) {
        this.job = job;
        this.table = table;
    }

    @Override
    public List<RowFix> fix(List<List<String>> keys) {
        try (var lock = ProviderLock.request(job, table)) {
            lock.awaitReplay();
            try (var transaction = OpenTransaction.readCommitted(job.subscriber(), lock.left())) {
                var fixes = fix(keys, lock.session(), transaction);
                lock.requireHeld();
                transaction.commit();
                return fixes;
            }
        }
    }

    private List<RowFix> fix(List<List<String>> keys, JdbcSession provider, OpenTransaction transaction) {
        var subscriber = transaction.session();
        subscriber.one(HOLD, row -> true, job.queue(), table.name(), table.attempt());
        var compared = ComparedTable.read(job, table, provider, subscriber);
        var acting = ActingAsReplay.on(transaction.connection(), new ApplyTarget(table.name(), table.target()));
        var fixes = RowPairs.fixes(
                compared,
                TableSide.ofProvider(compared, provider),
                TableSide.ofSubscriber(compared, subscriber),
                keys,
                true);
        if (!fixes.isEmpty()) {
            subscriber.execute("savepoint londiste_chunk; set local lc_monetary = 'C'");
            try {
                run(fixes, transaction, acting);
            } catch (PgqException e) {
                if (!e.is(INTEGRITY) || compared.ownColumns()) {
                    throw e;
                }
                subscriber.execute("rollback to savepoint londiste_chunk");
                run(replaced(fixes), transaction, acting);
            }
        }
        return fixes;
    }

    /** Rows that swap values of a unique column are in each other's way: all of them go before the first one comes. */
    private static List<RowFix> replaced(List<RowFix> fixes) {
        var replaced = new ArrayList<RowFix>();
        fixes.forEach(fix -> replaced.addAll(fix.replaced()));
        replaced.sort(Comparator.comparing(RowFix::operation));
        return replaced;
    }

    private void run(List<RowFix> fixes, OpenTransaction transaction, ActingAsReplay acting) {
        for (var fix : fixes) {
            run(fix, transaction);
        }
        acting.checkConstraints();
    }

    private void run(RowFix fix, OpenTransaction transaction) {
        var values = new ArrayList<String>();
        var sql = fix.sql(value -> {
            values.add(value);
            return "?";
        });
        try (var statement = transaction.connection().prepareStatement(sql)) {
            for (int i = 0; i < values.size(); i++) {
                // Of no type, as a literal: the server sees which one is meant.
                statement.setObject(i + 1, values.get(i), Types.OTHER);
            }
            requireOne(statement.executeUpdate(), fix);
        } catch (SQLException e) {
            throw SqlErrors.failure(e);
        }
    }

    private void requireOne(int rows, RowFix fix) {
        if (rows != 1) {
            throw new PgqException(
                    "Table " + table.name() + ": the " + fix.operation() + " of one row changed " + rows
                            + " of the subscriber's, and was rolled back",
                    job.facts().table(table.name()).sqlState("LD009"),
                    null);
        }
    }
}
