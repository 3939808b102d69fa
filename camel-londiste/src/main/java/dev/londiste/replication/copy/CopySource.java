package dev.londiste.replication.copy;

import dev.londiste.pgq.TxidSnapshot;
import dev.londiste.pgq.jdbc.Identifiers;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.OpenTransaction;
import dev.londiste.replication.sync.Primary;
import dev.londiste.replication.sync.SubscriberTable;
import java.sql.Connection;
import java.util.List;

/**
 * The provider's side of a load: one REPEATABLE READ transaction whose snapshot decides which transactions the copied
 * rows contain. Not thread-safe.
 *
 * <p>The order matters (C22). The table is locked before the first query takes the snapshot, so that no TRUNCATE or
 * rewriting ALTER falls between snapshot and read; LOCK itself takes none. Then the capture triggers are verified under
 * that lock: every write that the snapshot does not see has met them. The lock and the snapshot stay until the last row
 * is read, also by those who read beside it.
 */
final class CopySource implements AutoCloseable {

    private static final String CHECK_CAPTURED = """
            select londiste.check_captured(?, ?)
            """;

    private static final String SNAPSHOT = """
            select txid_current_snapshot()::text
            """;

    private static final String EXPORT = """
            select pg_export_snapshot()
            """;

    private static final String STILL_OPEN = """
            select 1
            """;

    private static final String ESTIMATE = """
            select londiste.estimate_rows(?)
            """;

    private static final String IS_PARTITIONED = """
            select relkind = 'p' from pg_catalog.pg_class where oid = londiste.table_oid(?)
            """;

    private static final String CONDITION = """
            select londiste.range_condition(?, ?, ?, ?)
            """;

    /** Filters and expressions see the names of pg_catalog only, as they do when they are applied to events. */
    private static final String NAMES_OF_THE_SYSTEM = """
            set local search_path = pg_catalog
            """;

    /** Both sides must mean the same by a text. */
    static final String TEXT_SETTINGS = """
            set local datestyle = 'ISO, MDY';
            set local intervalstyle = 'postgres';
            set local timezone = 'UTC';
            set local extra_float_digits = 1;
            set local bytea_output = 'hex';
            set local xmloption = 'content'
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
        session.execute(lock(table));
        // Asked before, but behind one name there may be several servers.
        Primary.require(job, session);
        session.one(CHECK_CAPTURED, row -> true, job.queue(), table.name());
        var snapshot = session.one(SNAPSHOT, row -> TxidSnapshot.parse(row.getString(1)));
        boolean partitioned = session.one(IS_PARTITIONED, row -> row.getBoolean(1), table.name());
        var source = new CopySource(transaction, table, snapshot, partitioned);
        source.settle();
        return source;
    }

    private void settle() {
        session().execute(TEXT_SETTINGS);
        if (table.attributes().changesRows()) {
            session().execute(NAMES_OF_THE_SYSTEM);
        }
    }

    /** A snapshot for {@link #beside}, as long as this is open. */
    String export() {
        return session().one(EXPORT, row -> row.getString(1));
    }

    private static String lock(SubscriberTable table) {
        return "lock table " + quoted(table.name()) + " in access share mode";
    }

    /**
     * Another transaction that sees what this one sees. It has a lock of its own before it takes the snapshot, which it gets
     * only while this one lives, with its lock: should this one die at any moment, nobody has rewritten the table meanwhile.
     */
    CopySource beside(Job job, String exported) {
        var other = OpenTransaction.repeatableRead(job.provider(), job.lockTimeout());
        boolean opened = false;
        try {
            other.session().execute(lock(table));
            other.session().execute("set transaction snapshot " + literal(exported));
            var source = new CopySource(other, table, snapshot, partitioned);
            source.settle();
            opened = true;
            return source;
        } finally {
            if (!opened) {
                other.close();
            }
        }
    }

    /** The server makes these names: digits and dashes. */
    private static String literal(String exported) {
        return "'" + exported.replace("'", "''") + "'";
    }

    /** {@code schema.table}, raw names joined by the only dot, as SQL. */
    static String quoted(String table) {
        int dot = table.indexOf('.');
        return Identifiers.qualified(table.substring(0, dot), table.substring(dot + 1));
    }

    /** The server still serves it: nothing has restarted, and no other server has taken over. */
    void requireOpen() {
        session().one(STILL_OPEN, row -> true);
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

    /** A table is read directly; a partitioned one, a filtered one and generated columns only through a query. */
    String copySql(CopyColumns columns) {
        return partitioned || !columns.isPlain()
                ? copyQuery(columns, columns.attributes().where())
                : "copy " + quoted(table.name()) + " (" + columns.list() + ") to stdout (format " + columns.format()
                        + ")";
    }

    String copySql(CopyColumns columns, CopyKey key, KeyRange range) {
        var inRange = session()
                .one(
                        CONDITION,
                        row -> row.getString(1),
                        key.columnArray(),
                        key.typeArray(),
                        texts(range.lower()),
                        texts(range.upper()));
        var where = columns.attributes().where();
        return copyQuery(columns, (where.isEmpty() ? " where " : where + " and ") + inRange);
    }

    private static String[] texts(List<String> bound) {
        return bound == null ? null : bound.toArray(String[]::new);
    }

    /** Inheritance children are tables of their own. */
    private String copyQuery(CopyColumns columns, String where) {
        var from = (partitioned ? "" : "only ") + quoted(table.name());
        return "copy (select " + columns.sources() + " from " + from + where + ") to stdout (format " + columns.format()
                + ")";
    }

    @Override
    public void close() {
        transaction.close();
    }
}
