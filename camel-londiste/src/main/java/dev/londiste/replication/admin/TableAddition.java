package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqException;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.sync.TableStates;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Registers tables on the subscriber, with both sides at hand. Belongs to one pair of transactions. */
final class TableAddition {

    private static final String PROVIDER_SNAPSHOT = """
            select txid_current_snapshot()::text
            """;

    private static final String CAPTURED_BEFORE = """
            select londiste.captured_before(?, ?, ?)
            """;

    private static final String ADD = """
            select londiste.subscriber_add_table(?, ?, ?, ?)
            """;

    private static final String SET_SKIP_TRUNCATE = """
            select londiste.subscriber_set_skip_truncate(?, ?, true)
            """;

    private static final String EXPECT_SYNC = """
            select londiste.expect_sync(?, ?, ?)
            """;

    private final Job job;
    private final AddOptions options;
    private final Changes provider;
    private final Changes subscriber;
    private final Attributes attributes;

    TableAddition(Job job, AddOptions options, Changes provider, Changes subscriber) {
        this.job = job;
        this.options = options;
        this.provider = provider;
        this.subscriber = subscriber;
        this.attributes = new Attributes(job);
    }

    /** Of tables that are registered already, those named must be as the options say; the others stay as they are. */
    List<Map<String, Object>> add(Collection<String> tables, Set<String> named) {
        var before = new TableStates(job).all(subscriber.session());
        before.stream().filter(table -> named.contains(table.name())).forEach(this::requireAsRegistered);
        var registered = before.stream().map(SubscriberTable::name).collect(Collectors.toSet());
        var snapshot = provider.session().one(PROVIDER_SNAPSHOT, row -> row.getString(1));
        var rows =
                Changes.rows("table_name", tables, table -> !registered.contains(table) && register(table, snapshot));
        var fresh = tables.stream().filter(table -> !registered.contains(table)).toList();
        if (!options.force()) {
            requireSameStructure(fresh);
        }
        fresh.forEach(this::switches);
        return rows;
    }

    private void requireAsRegistered(SubscriberTable table) {
        var different = options.differencesFrom(table);
        if (!different.isEmpty()) {
            throw refused(
                    "Table " + table.name() + " is registered already, with another " + String.join(", ", different)
                            + ": use SUBSCRIBER_SET to change its attributes, SUBSCRIBER_RESYNC to copy it again, or"
                            + " remove it with SUBSCRIBER_REMOVE first",
                    table.name(),
                    "LD009");
        }
    }

    private boolean register(String table, String snapshot) {
        subscriber.call(ADD, job.queue(), table, target(table), snapshot);
        attributes.set(provider, subscriber, table, options.attributes());
        return true;
    }

    private String target(String table) {
        return options.target().orElse(table);
    }

    /** After the attributes are known; all tables that differ in one sentence. */
    private void requireSameStructure(Collection<String> tables) {
        var check = new StructureCheck(job.queue(), provider.session(), subscriber.session());
        var different = new LinkedHashMap<String, String>();
        for (var table : tables) {
            check.problem(table, target(table), attributes.of(subscriber.session(), table))
                    .ifPresent(text -> different.put(table, text));
        }
        if (!different.isEmpty()) {
            throw refused(
                    different.entrySet().stream()
                            .map(entry -> "Table " + target(entry.getKey())
                                    + " of the subscriber differs from the provider's: " + entry.getValue())
                            .collect(Collectors.joining("; ")),
                    different.keySet().iterator().next(),
                    "LD003");
        }
        Changes.rows("table_name", tables, table -> {
            check.requireKey(table, target(table));
            return false;
        });
    }

    private void switches(String table) {
        if (options.skipTruncate()) {
            subscriber.call(SET_SKIP_TRUNCATE, job.queue(), table);
        }
        if (options.expectSync()) {
            var snapshot =
                    options.snapshot() == null ? null : options.snapshot().toString();
            requireCaptured(table, snapshot);
            subscriber.call(EXPECT_SYNC, job.queue(), table, snapshot);
        }
    }

    private void requireCaptured(String table, String snapshot) {
        if (snapshot != null
                && !provider.session().one(CAPTURED_BEFORE, row -> row.getBoolean(1), job.queue(), table, snapshot)) {
            throw refused(
                    "Table " + table + " was not yet captured when the snapshot " + snapshot
                            + " was taken, so changes may be missing: take the snapshot after PROVIDER_ADD",
                    table,
                    "LD009");
        }
    }

    private PgqException refused(String sentence, String table, String sqlState) {
        return new PgqException(sentence, job.facts().table(table).sqlState(sqlState), null);
    }
}
