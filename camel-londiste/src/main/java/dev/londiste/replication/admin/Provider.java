package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.pgq.jdbc.JsonRows;
import dev.londiste.replication.sync.OpenTransaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import javax.sql.DataSource;

/**
 * The provider's side of a queue's replication. Thread-safe; each operation is one transaction, so that an error leaves
 * nothing half done.
 */
public final class Provider {

    private static final String CANDIDATES = """
            select table_name from londiste.replicable_tables()
            """;

    private static final String ADD = """
            select londiste.provider_add_table(?, ?, ?, ?, ?)
            """;

    private static final String REMOVE = """
            select londiste.provider_remove_table(?, ?)
            """;

    private static final String TABLES = """
            select * from londiste.provider_get_table_list(?)
            """;

    private static final String ADD_SEQ = """
            select londiste.provider_add_seq(?, ?)
            """;

    private static final String REMOVE_SEQ = """
            select londiste.provider_remove_seq(?, ?)
            """;

    private static final String SEQS = """
            select s as seq_name from londiste.provider_get_seq_list(?) s
            """;

    private final DataSource database;
    private final String queue;
    private final Duration lockTimeout;
    private final PgqQueue pgq;

    public Provider(DataSource database, String queue, Duration lockTimeout) {
        this.database = database;
        this.queue = queue;
        this.lockTimeout = lockTimeout;
        this.pgq = new PgqQueue(database, queue);
    }

    /** Installs our SQL and creates the queue. */
    public List<Map<String, Object>> install() {
        return List.of(
                new Installation(database).install("provider"),
                Map.of("object", "queue", "queue_name", queue, "changed", pgq.create()));
    }

    /** Registers tables and makes their capture triggers; globs mean tables of the database. */
    public List<Map<String, Object>> add(TablePatterns tables, CaptureOptions options) {
        var rows = inTransaction(session -> {
            var names = tables.resolve(options.key() == null ? candidates(session) : List.of());
            return rows("table_name", names, name -> add(session, name, options));
        });
        pgq.forceTick();
        return rows;
    }

    /** Registers every table of the database but ours, the system's and the leaves of partitioned tables. */
    public List<Map<String, Object>> addAll() {
        var rows = inTransaction(
                session -> rows("table_name", candidates(session), name -> add(session, name, CaptureOptions.DEFAULT)));
        pgq.forceTick();
        return rows;
    }

    private static List<String> candidates(JdbcSession session) {
        return session.query(CANDIDATES, row -> row.getString(1));
    }

    private boolean add(JdbcSession session, String table, CaptureOptions options) {
        return explained(
                        table,
                        () -> session.one(
                                ADD,
                                row -> row.getInt(1),
                                queue,
                                table,
                                options.key() == null ? null : options.key().toArray(String[]::new),
                                options.capture(),
                                options.backup()))
                == 1;
    }

    /** Removes triggers and registration; the removal travels to the subscribers through the queue. */
    public List<Map<String, Object>> remove(TablePatterns tables) {
        return remove(session -> tables.resolve(registered(session)));
    }

    public List<Map<String, Object>> removeAll() {
        return remove(this::registered);
    }

    private List<Map<String, Object>> remove(Function<JdbcSession, Collection<String>> which) {
        var rows = inTransaction(session -> rows(
                "table_name",
                which.apply(session),
                table -> explained(table, () -> session.one(REMOVE, row -> row.getInt(1), queue, table)) == 1));
        pgq.forceTick();
        return rows;
    }

    private List<String> registered(JdbcSession session) {
        return session.query(TABLES, row -> row.getString("table_name"), queue);
    }

    public List<Map<String, Object>> tables() {
        return inTransaction(session -> session.query(TABLES, JsonRows::read, queue));
    }

    public List<Map<String, Object>> addSeqs(TablePatterns seqs) {
        return changeSeqs(ADD_SEQ, seqs);
    }

    public List<Map<String, Object>> removeSeqs(TablePatterns seqs) {
        return changeSeqs(REMOVE_SEQ, seqs);
    }

    private List<Map<String, Object>> changeSeqs(String sql, TablePatterns seqs) {
        var rows = inTransaction(session -> rows(
                "seq_name",
                new TreeSet<>(seqs.names()),
                seq -> explained(seq, () -> session.one(sql, row -> row.getInt(1), queue, seq)) == 1));
        pgq.forceTick();
        return rows;
    }

    public List<Map<String, Object>> seqs() {
        return inTransaction(session -> session.query(SEQS, JsonRows::read, queue));
    }

    private <T> T inTransaction(Function<JdbcSession, T> work) {
        try (var transaction = OpenTransaction.readCommitted(database, lockTimeout)) {
            T result = work.apply(transaction.session());
            transaction.commit();
            return result;
        } catch (PgqException e) {
            throw Installation.explained(e, "provider", "PROVIDER_INSTALL");
        }
    }

    private int explained(String table, java.util.function.IntSupplier call) {
        try {
            return call.getAsInt();
        } catch (PgqException e) {
            throw new PgqException(e.getMessage(), new Facts(queue, null, null, null, table, e.sqlState()), e);
        }
    }

    static List<Map<String, Object>> rows(
            String what, Collection<String> names, java.util.function.Predicate<String> change) {
        var rows = new ArrayList<Map<String, Object>>();
        for (var name : names) {
            rows.add(Map.of(what, name, "changed", change.test(name)));
        }
        return rows;
    }
}
