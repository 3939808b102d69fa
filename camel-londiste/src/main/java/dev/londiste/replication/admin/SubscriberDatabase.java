package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqException;
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
