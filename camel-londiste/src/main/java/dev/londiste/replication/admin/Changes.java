package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.pgq.jdbc.SqlFunction;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What an operation changes on one side, in one transaction. It remembers the statements, so that a dry run, which is
 * rolled back, can show them. Not thread-safe.
 */
final class Changes {

    private final JdbcSession session;
    private final List<String> texts = new ArrayList<>();

    Changes(JdbcSession session) {
        this.session = session;
    }

    /** For what changes nothing. */
    JdbcSession session() {
        return session;
    }

    /** Calls a function; whether it says that something changed, one without a number always does. */
    boolean call(String sql, Object... parameters) {
        return one(sql, row -> !(row.getObject(1) instanceof Number number) || number.intValue() != 0, parameters);
    }

    /** Runs a statement with one row of results. */
    <T> T one(String sql, SqlFunction<ResultSet, T> mapper, Object... parameters) {
        texts.add(SqlText.of(sql, parameters));
        return session.one(sql, mapper, parameters);
    }

    /** Runs an update. */
    int update(String sql, Object... parameters) {
        texts.add(SqlText.of(sql, parameters));
        return session.update(sql, parameters);
    }

    /** A row for each object; an error names the object that it came from. */
    static List<Map<String, Object>> rows(String what, Collection<String> names, Predicate<String> change) {
        return names.stream()
                .map(name -> ResultRow.of(what, name, "changed", named(name, change)))
                .toList();
    }

    private static boolean named(String name, Predicate<String> change) {
        try {
            return change.test(name);
        } catch (PgqException e) {
            throw e.table() != null
                    ? e
                    : new PgqException(e.getMessage(), e.facts().table(name), e);
        }
    }

    boolean isEmpty() {
        return texts.isEmpty();
    }

    /** All statements so far, a line each. */
    @Override
    public String toString() {
        return texts.stream().collect(Collectors.joining("\n"));
    }
}
