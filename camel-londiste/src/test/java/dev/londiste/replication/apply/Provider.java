package dev.londiste.replication.apply;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.change.ChangeDecoder;
import dev.londiste.testing.TestDatabase;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The schema {@code src} of a test database, captured by real triggers. Its subscriber is the schema {@code dst} of the
 * same database.
 */
final class Provider {

    private static final String EVENTS = """
            delete from pgq.event_template e
            where e.tableoid in (select inhrelid from pg_inherits)
            returning ev_id, ev_txid, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4
            """;

    private final TestDatabase database;
    private final ChangeDecoder decoder = new ChangeDecoder();

    Provider(TestDatabase database) {
        this.database = database;
        database.execute("select pgq.create_queue('q')");
        database.execute("create schema src; create schema dst");
    }

    /** Creates the table on both sides; {@code ddl} follows the name. */
    void table(String name, String ddl) {
        database.execute("create table src." + name + " " + ddl);
        database.execute("create table dst." + name + " " + ddl);
        capture(name);
    }

    void capture(String name) {
        database.execute("select londiste.provider_add_table('q', 'src." + name + "')");
    }

    /** All changes since the last call. */
    List<Change> changes() {
        return database.rows("with e as (" + EVENTS + ") select * from e order by ev_id").stream()
                .map(Provider::event)
                .map(decoder::decode)
                .filter(Objects::nonNull)
                .toList();
    }

    private static Event event(Map<String, Object> row) {
        return new Event(
                (Long) row.get("ev_id"),
                Instant.EPOCH,
                (Long) row.get("ev_txid"),
                0,
                (String) row.get("ev_type"),
                (String) row.get("ev_data"),
                (String) row.get("ev_extra1"),
                (String) row.get("ev_extra2"),
                (String) row.get("ev_extra3"),
                (String) row.get("ev_extra4"));
    }

    /** Where the changes of src go. */
    static ApplyTarget[] targets(List<Change> changes) {
        return changes.stream()
                .map(Change::table)
                .distinct()
                .map(table -> new ApplyTarget(table, table.replaceFirst("^src\\.", "dst.")))
                .toArray(ApplyTarget[]::new);
    }

    /** The rows of a table as text, in no order that a difference could hide behind. */
    List<String> rows(String table) {
        return database.rows("select t::text as r from " + table + " t order by t::text collate \"C\"").stream()
                .map(row -> (String) row.get("r"))
                .toList();
    }
}
