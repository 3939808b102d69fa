package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.sync.TableAttributes;
import dev.londiste.replication.sync.TableStates;
import java.sql.Array;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Whether the roles of a job's two databases can be reversed: asked before writes are denied, since a refusal after that
 * stops the application. Thread-safe; it changes nothing.
 */
public final class SwitchOverCheck {

    private static final String DONE = """
            select londiste.switch_over_done(?)
            """;

    private static final String OLD_PROVIDER = """
            select londiste.old_provider_problems(?, ?)
            """;

    private static final String NEW_PROVIDER = """
            select londiste.new_provider_problems(?)
            """;

    private static final String TABLES = """
            select table_name, key_columns, capture, backup from londiste.switch_over_tables(?)
            """;

    private static final String PROVIDER_SEQUENCES = """
            select londiste.provider_get_seq_list(?)
            """;

    private static final String SUBSCRIBER_SEQUENCES = """
            select londiste.subscriber_get_seq_list(?)
            """;

    private static final String KEY = """
            select londiste.key_columns(londiste.table_oid(?), ?)
            """;

    private final Job job;
    private final BothSides sides;

    public SwitchOverCheck(Job job) {
        this.job = job;
        this.sides = new BothSides(job);
    }

    /** Whether the old provider follows the tables already. */
    public boolean isDone() {
        return sides.provider().inTransaction(provider -> provider.one(DONE, row -> row.getBoolean(1), job.queue()));
    }

    /** The tables of the provider, by how they are captured there. */
    public Map<CaptureOptions, List<String>> tables() {
        var tables = new LinkedHashMap<CaptureOptions, List<String>>();
        sides.provider()
                .inTransaction(this::captured)
                .forEach((table, options) -> tables.computeIfAbsent(options, same -> new ArrayList<>())
                        .add(table));
        return tables;
    }

    private Map<String, CaptureOptions> captured(JdbcSession provider) {
        var tables = new LinkedHashMap<String, CaptureOptions>();
        provider.query(
                TABLES,
                row -> tables.put(
                        row.getString("table_name"),
                        new CaptureOptions(
                                texts(row.getArray("key_columns")),
                                row.getString("capture"),
                                row.getBoolean("backup"))),
                job.queue());
        return tables;
    }

    /** Refuses what can be known before writes are denied. */
    public void require() {
        sides.read((provider, subscriber) -> {
            refuseFirst(provider.query(OLD_PROVIDER, row -> row.getString(1), job.queue(), job.consumer()));
            refuseFirst(subscriber.query(NEW_PROVIDER, row -> row.getString(1), job.queue()));
            var tables = captured(provider);
            requireWhole(tables.keySet(), subscriber);
            requireSequences(provider, subscriber);
            tables.forEach((table, options) -> requireWayBack(table, options, provider, subscriber));
            return null;
        });
    }

    /** What only part of a table, or another name, went to, or what failed there, cannot come back as the whole. */
    public void requireWhole() {
        sides.read((provider, subscriber) -> {
            requireWhole(captured(provider).keySet(), subscriber);
            return null;
        });
    }

    private void requireWhole(Collection<String> tables, JdbcSession subscriber) {
        var registered = new TableStates(job)
                .all(subscriber).stream().collect(Collectors.toMap(SubscriberTable::name, table -> table));
        for (var table : tables) {
            requireWhole(table, registered.get(table));
        }
    }

    private void requireWhole(String name, SubscriberTable table) {
        if (table == null) {
            throw refused("Table " + name + " is not replicated, so the subscriber lacks it; add or remove it");
        }
        if (!table.target().equals(name) || table.attributes().changesRows()) {
            throw refused(
                    "Table " + name
                            + " has another name or other rows on the subscriber, so it cannot become the provider's; remove it");
        }
        if (table.hasFailed()) {
            throw refused("Changes of table " + name
                    + " failed on the subscriber, which lacks them; run RETRY_FAILED, or DELETE_FAILED, first");
        }
        if (table.isParked()) {
            throw refused("Table " + name + " is parked and will not come in sync: " + table.parkedReason()
                    + "; RESYNC or REMOVE it");
        }
        if (!table.isReplayed()) {
            throw refused("Table " + name + " is not in sync but " + table.state()
                    + ", and writes would be denied until it is; wait for it with WAIT_SYNC");
        }
    }

    private void requireSequences(JdbcSession provider, JdbcSession subscriber) {
        var followed = subscriber.query(SUBSCRIBER_SEQUENCES, row -> row.getString(1), job.queue());
        refuseFirst(provider.query(PROVIDER_SEQUENCES, row -> row.getString(1), job.queue()).stream()
                .filter(sequence -> !followed.contains(sequence))
                .map(sequence -> "Sequence " + sequence + " is registered on the provider and not on the subscriber,"
                        + " whose value would be an old one; run SUBSCRIBER_ADD_SEQ, or PROVIDER_REMOVE_SEQ")
                .toList());
    }

    /** The old provider must be able to hold the rows, by the key that the new one captures. */
    private void requireWayBack(String table, CaptureOptions options, JdbcSession provider, JdbcSession subscriber) {
        new StructureCheck(job.queue(), /* provider= */ subscriber, /* subscriber= */ provider)
                .problem(table, table, TableAttributes.NONE)
                .ifPresent(text -> {
                    throw refused("Table " + table + " of the provider cannot follow the subscriber's: " + text);
                });
        key(provider, table, key(subscriber, table, options.key()));
    }

    private static List<String> key(JdbcSession session, String table, List<String> columns) {
        return session.one(
                KEY, row -> texts(row.getArray(1)), table, columns == null ? null : columns.toArray(String[]::new));
    }

    private static List<String> texts(Array array) throws SQLException {
        return array == null ? null : List.of((String[]) array.getArray());
    }

    private void refuseFirst(List<String> problems) {
        problems.stream().findFirst().ifPresent(problem -> {
            throw refused(problem);
        });
    }

    private PgqException refused(String sentence) {
        return new PgqException(sentence, job.facts().sqlState("LD009"), null);
    }
}
