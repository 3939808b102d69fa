package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.sync.OpenTransaction;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * One database of a replication, as operations work on it. Thread-safe; each call is one transaction in which no lock is
 * waited for longer than {@code lockTimeout}, so that an error leaves nothing half done.
 *
 * @param name provider or subscriber
 */
record Side(String name, DataSource database, Duration lockTimeout) {

    static Side provider(DataSource database, Duration lockTimeout) {
        return new Side("provider", database, lockTimeout);
    }

    static Side subscriber(DataSource database, Duration lockTimeout) {
        return new Side("subscriber", database, lockTimeout);
    }

    OpenTransaction open() {
        return OpenTransaction.readCommitted(database, lockTimeout);
    }

    <T> T inTransaction(Function<JdbcSession, T> work) {
        return explained(() -> {
            try (var transaction = open()) {
                T result = work.apply(transaction.session());
                transaction.commit();
                return result;
            }
        });
    }

    /** Makes changes and answers the work's rows; with {@code dryRun} takes them back and answers their SQL. */
    List<Map<String, Object>> change(Function<Changes, List<Map<String, Object>>> work, boolean dryRun) {
        return explained(() -> {
            try (var transaction = open()) {
                var changes = new Changes(transaction.session());
                var rows = work.apply(changes);
                if (dryRun) {
                    return script(changes);
                }
                transaction.commit();
                return rows;
            }
        });
    }

    <T> T explained(Supplier<T> work) {
        try {
            return work.get();
        } catch (PgqException e) {
            throw Installation.explained(e, name, name.toUpperCase(Locale.ROOT) + "_INSTALL");
        }
    }

    /** The changes as one transaction for psql; nothing when there are none. */
    List<Map<String, Object>> script(Changes changes) {
        return changes.isEmpty()
                ? List.of()
                : List.of(sql(
                        "begin;\nset local lock_timeout = " + lockTimeout.toMillis() + ";\n" + changes + "\ncommit;"));
    }

    /** SQL to be run on this side: a row for a result list. */
    Map<String, Object> sql(String text) {
        return ResultRow.of("side", name, "sql", text);
    }
}
