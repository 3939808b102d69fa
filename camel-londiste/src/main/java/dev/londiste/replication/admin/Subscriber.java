package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.JsonRows;
import dev.londiste.replication.sync.Job;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The tables of a job on the subscriber. Thread-safe; what an operation changes is one transaction a side. */
public final class Subscriber {

    private static final String PROVIDER_TABLES = """
            select table_name from londiste.provider_get_table_list(?)
            """;

    private static final String REGISTERED = """
            select table_name from londiste.subscriber_get_table_list(?)
            """;

    private static final String REMOVE = """
            select londiste.remove_subscriber_table(?, ?, ?)
            """;

    private static final String RESYNC = """
            select londiste.resync_table(?, ?, ?)
            """;

    private final Job job;
    private final BothSides sides;

    public Subscriber(Job job) {
        this.job = job;
        this.sides = new BothSides(job);
    }

    /** Registers tables; globs mean tables that are registered on the provider. */
    public List<Map<String, Object>> add(TablePatterns tables, AddOptions options) {
        return add(tables, options, false);
    }

    /** As {@link #add(TablePatterns, AddOptions)}, or with {@code dryRun} the SQL that it would run. */
    public List<Map<String, Object>> add(TablePatterns tables, AddOptions options, boolean dryRun) {
        if (!options.expectSync()) {
            return add(tables, options, dryRun, subscriber -> {}, provider -> {});
        }
        // A table that is in sync now needs every change from now on: the job stands at a tick before its rows were
        // read.
        var start = new StartPosition(job);
        var tick = start.find(options.snapshot());
        var rows = add(
                tables,
                options,
                dryRun,
                subscriber -> start.begin(subscriber, tick, options.snapshot()),
                provider -> start.register(provider.session(), tick));
        if (!dryRun) {
            return rows;
        }
        var script = new ArrayList<>(List.of(sides.provider().sql(start.registrationText(tick))));
        script.addAll(rows);
        return script;
    }

    /** What comes last locks the provider's queue, so nobody waits for it while tables are looked at. */
    private List<Map<String, Object>> add(
            TablePatterns tables, AddOptions options, boolean dryRun, Consumer<Changes> first, Consumer<Changes> last) {
        return sides.change(
                (provider, subscriber) -> {
                    var known = provider.session().query(PROVIDER_TABLES, row -> row.getString(1), job.queue());
                    var names = tables.resolve(known);
                    if (options.destTable() != null && names.size() != 1) {
                        throw refused("destTable needs exactly one table, not " + names.size());
                    }
                    requireKnown(names, known);
                    first.accept(subscriber);
                    var rows = new TableAddition(job, options, provider, subscriber).add(names, tables.named());
                    last.accept(provider);
                    return rows;
                },
                dryRun);
    }

    private void requireKnown(Collection<String> names, Collection<String> known) {
        var unknown = names.stream().filter(name -> !known.contains(name)).toList();
        if (!unknown.isEmpty()) {
            throw new PgqException(
                    "Table " + String.join(", ", unknown) + " is not registered in queue " + job.queue()
                            + " of the provider; add it with PROVIDER_ADD first",
                    job.facts().table(unknown.get(0)).sqlState("LD004"),
                    null);
        }
    }

    /** Sets attributes of registered tables; what changes their rows has them copied again. */
    public List<Map<String, Object>> set(TablePatterns tables, AttributeChanges changes) {
        var attributes = new Attributes(job);
        return change(
                tables, (provider, subscriber, table) -> attributes.set(provider, subscriber, table, changes), false);
    }

    /** Forgets tables; their rows stay, their triggers come back. */
    public List<Map<String, Object>> remove(TablePatterns tables, boolean dryRun) {
        return change(
                tables,
                (provider, subscriber, table) -> subscriber.call(REMOVE, job.consumer(), job.queue(), table),
                dryRun);
    }

    /** Tables that are ok, or parked, are copied again. */
    public List<Map<String, Object>> resync(TablePatterns tables) {
        return change(
                tables,
                (provider, subscriber, table) -> subscriber.call(RESYNC, job.consumer(), job.queue(), table),
                false);
    }

    private List<Map<String, Object>> change(TablePatterns tables, TableChange change, boolean dryRun) {
        return sides.change(
                (provider, subscriber) -> Changes.rows(
                        "table_name",
                        tables.resolve(subscriber.session().query(REGISTERED, row -> row.getString(1), job.queue())),
                        table -> change.apply(provider, subscriber, table)),
                dryRun);
    }

    /** Tables of the provider that are not registered here. */
    public List<Map<String, Object>> missing() {
        return sides.read((provider, subscriber) -> {
            var registered = subscriber.query(REGISTERED, row -> row.getString(1), job.queue());
            return provider.query(PROVIDER_TABLES, JsonRows::read, job.queue()).stream()
                    .filter(row -> !registered.contains(row.get("table_name").toString()))
                    .toList();
        });
    }

    private PgqException refused(String sentence) {
        return new PgqException(sentence, job.facts().sqlState("LD009"), null);
    }

    @FunctionalInterface
    private interface TableChange {
        boolean apply(Changes provider, Changes subscriber, String table);
    }
}
