package dev.londiste.sql.londiste;

import dev.londiste.testing.TestDatabase;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ListAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.postgresql.util.PSQLException;

/** What capture triggers wrote into the queue {@code q}: read from all event tables, in event order. */
record Captured(TestDatabase database) {

    static TestDatabase provider() {
        return TestDatabase.create(database -> {
            database.install("pgq");
            database.install("londiste");
            database.execute("select pgq.create_queue('q')");
        });
    }

    /** Registers a table by row triggers and its primary key. */
    Captured add(String table) {
        database.rows("select londiste.provider_add_table('q', ?)", table);
        return this;
    }

    List<Map<String, Object>> events(String table) {
        return database.rows("""
                select ev_id, ev_txid, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4
                from pgq.event_template
                where ev_extra1 = ? and ev_type <> 'T'
                order by ev_id
                """, table);
    }

    /** Runs the statements and returns the events that they made for the table. */
    List<Map<String, Object>> eventsOf(String table, String sql) {
        int before = events(table).size();
        database.execute(sql);
        var all = events(table);
        return all.subList(before, all.size());
    }

    /** {@code type data} of the events that the statements made for the table. */
    List<String> changesOf(String table, String sql) {
        return eventsOf(table, sql).stream()
                .map(event -> event.get("ev_type") + " " + event.get("ev_data"))
                .toList();
    }

    ListAssert<String> assertChanges(String table, String sql) {
        return Assertions.assertThat(changesOf(table, sql));
    }

    static void assertSqlState(String state, ThrowingCallable call) {
        Assertions.assertThatThrownBy(call)
                .satisfies(thrown -> Assertions.assertThat(sqlState(thrown)).isEqualTo(state));
    }

    private static String sqlState(Throwable thrown) {
        for (var cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof PSQLException e) {
                return e.getSQLState();
            }
        }
        return null;
    }
}
