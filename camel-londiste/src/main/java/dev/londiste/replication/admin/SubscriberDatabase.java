package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.pgq.jdbc.JsonRows;
import dev.londiste.replication.sync.OpenTransaction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.sql.DataSource;

/** What a person asks of the subscriber alone, without the provider. Thread-safe; each operation is one transaction. */
public final class SubscriberDatabase {

    private static final String TABLES = """
            select * from londiste.table_progress(?)
            """;

    private static final String FKEYS = """
            select * from londiste.subscriber_fkeys(?)
            """;

    private static final String TRIGGERS = """
            select * from londiste.subscriber_triggers(?)
            """;

    private static final String RESTORE_TRIGGERS = """
            select londiste.subscriber_restore_all_table_triggers(?)
            """;

    private static final String RESTORE_TRIGGER = """
            select londiste.subscriber_restore_table_trigger(?, ?)
            """;

    private static final String ADD_SEQ = """
            select londiste.subscriber_add_seq(?, ?)
            """;

    private static final String REMOVE_SEQ = """
            select londiste.subscriber_remove_seq(?, ?)
            """;

    private static final String SEQS = """
            select s as seq_name from londiste.subscriber_get_seq_list(?) s
            """;

    private final DataSource database;
    private final String queue;
    private final Duration lockTimeout;

    public SubscriberDatabase(DataSource database, String queue, Duration lockTimeout) {
        this.database = database;
        this.queue = queue;
        this.lockTimeout = lockTimeout;
    }

    /** Installs our SQL. */
    public List<Map<String, Object>> install() {
        return List.of(new Installation(database).install("subscriber"));
    }

    /** The registered tables with their states, as the manual page shows them, and how far their copies are. */
    public List<Map<String, Object>> tables(TablePatterns which) {
        return inTransaction(session -> session.query(TABLES, JsonRows::read, queue)).stream()
                .filter(row -> which.select(row.get("table_name").toString()))
                .toList();
    }

    /** Foreign keys of the registered tables; {@code state} is pending, active, or null for both. */
    public List<Map<String, Object>> fkeys(String state) {
        return ofState(FKEYS, state);
    }

    /** Triggers of the registered tables; {@code state} is pending, active, or null for both. */
    public List<Map<String, Object>> triggers(String state) {
        return ofState(TRIGGERS, state);
    }

    private List<Map<String, Object>> ofState(String sql, String state) {
        if (state != null && !state.equals("pending") && !state.equals("active")) {
            throw new PgqException(
                    "The type must be pending or active but is " + state, Facts.NONE.sqlState("LD009"), null);
        }
        return inTransaction(session -> session.query(sql, JsonRows::read, queue)).stream()
                .filter(row -> state == null || state.equals(row.get("state")))
                .toList();
    }

    /** Brings back triggers that were put aside: all of a table, or one when it is named. */
    public List<Map<String, Object>> restoreTriggers(TablePatterns tables, String trigger) {
        return inTransaction(session -> Provider.rows("table_name", tables.names(), table -> {
            int restored = trigger == null
                    ? session.one(RESTORE_TRIGGERS, row -> row.getInt(1), table)
                    : session.one(RESTORE_TRIGGER, row -> row.getInt(1), table, trigger);
            return restored > 0;
        }));
    }

    public List<Map<String, Object>> addSeqs(TablePatterns seqs) {
        return changeSeqs(ADD_SEQ, seqs);
    }

    public List<Map<String, Object>> removeSeqs(TablePatterns seqs) {
        return changeSeqs(REMOVE_SEQ, seqs);
    }

    private List<Map<String, Object>> changeSeqs(String sql, TablePatterns seqs) {
        return inTransaction(session -> Provider.rows(
                "seq_name", seqs.names(), seq -> session.one(sql, row -> row.getInt(1), queue, seq) == 1));
    }

    public List<Map<String, Object>> seqs() {
        return inTransaction(session -> session.query(SEQS, JsonRows::read, queue));
    }

    <T> T inTransaction(Function<JdbcSession, T> work) {
        try (var transaction = OpenTransaction.readCommitted(database, lockTimeout)) {
            T result = work.apply(transaction.session());
            transaction.commit();
            return result;
        } catch (PgqException e) {
            throw Installation.explained(e, "subscriber", "SUBSCRIBER_INSTALL");
        }
    }
}
