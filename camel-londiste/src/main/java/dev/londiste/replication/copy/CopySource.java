package dev.londiste.replication.copy;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.TxidSnapshot;
import dev.londiste.pgq.jdbc.Identifiers;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.OpenTransaction;
import dev.londiste.replication.sync.SubscriberTable;
import java.sql.Connection;

/**
 * The provider's side of a load: one REPEATABLE READ transaction whose snapshot decides which transactions the copied
 * rows contain. Not thread-safe.
 *
 * <p>The order matters (C22). The table is locked before the first query takes the snapshot, so that no TRUNCATE or
 * rewriting ALTER falls between snapshot and read; LOCK itself takes none. Then the capture triggers are verified under
 * that lock: every write that the snapshot does not see has met them.
 */
final class CopySource implements AutoCloseable {

    private static final String IN_RECOVERY = """
            select pg_is_in_recovery()
            """;

    private static final String CHECK_CAPTURED = """
            select londiste.check_captured(?, ?)
            """;

    private static final String SNAPSHOT = """
            select txid_current_snapshot()::text
            """;

    private static final String ESTIMATE = """
            select londiste.estimate_rows(?)
            """;

    private static final String IS_PARTITIONED = """
            select relkind = 'p' from pg_catalog.pg_class where oid = londiste.table_oid(?)
            """;

    private final OpenTransaction transaction;
    private final SubscriberTable table;
    private final TxidSnapshot snapshot;
    private final boolean partitioned;

    private CopySource(OpenTransaction transaction, SubscriberTable table, TxidSnapshot snapshot, boolean partitioned) {
        this.transaction = transaction;
        this.table = table;
        this.snapshot = snapshot;
        this.partitioned = partitioned;
    }

    static CopySource open(Job job, SubscriberTable table) {
        var transaction = OpenTransaction.repeatableRead(job.provider(), job.lockTimeout());
        boolean opened = false;
        try {
            var source = open(job, table, transaction);
            opened = true;
            return source;
        } finally {
            if (!opened) {
                transaction.close();
            }
        }
    }

    private static CopySource open(Job job, SubscriberTable table, OpenTransaction transaction) {
        var session = transaction.session();
        session.execute("lock table " + quoted(table.name()) + " in access share mode");
        if (session.one(IN_RECOVERY, row -> row.getBoolean(1))) {
            throw new PgqException(
                    "The provider is a standby: a snapshot of it lacks running transactions, so table " + table.name()
                            + " cannot be copied from it",
                    job.facts().table(table.name()),
                    null);
        }
        session.one(CHECK_CAPTURED, row -> true, job.queue(), table.name());
        var snapshot = session.one(SNAPSHOT, row -> TxidSnapshot.parse(row.getString(1)));
        boolean partitioned = session.one(IS_PARTITIONED, row -> row.getBoolean(1), table.name());
        return new CopySource(transaction, table, snapshot, partitioned);
    }

    /** {@code schema.table}, raw names joined by the only dot, as SQL. */
    static String quoted(String table) {
        int dot = table.indexOf('.');
        return Identifiers.qualified(table.substring(0, dot), table.substring(dot + 1));
    }

    JdbcSession session() {
        return transaction.session();
    }

    Connection connection() {
        return transaction.connection();
    }

    TxidSnapshot snapshot() {
        return snapshot;
    }

    long estimatedRows() {
        return session().one(ESTIMATE, row -> row.getLong(1), table.name());
    }

    /** A table is read directly; a partitioned one, and generated columns, only through a query. */
    String copySql(CopyColumns columns) {
        var from = quoted(table.name());
        var what = partitioned || columns.hasGenerated()
                ? "(select " + columns.list() + " from " + from + ")"
                : from + " (" + columns.list() + ")";
        return "copy " + what + " to stdout (format " + columns.format() + ")";
    }

    @Override
    public void close() {
        transaction.close();
    }
}
