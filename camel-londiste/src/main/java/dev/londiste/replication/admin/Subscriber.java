package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.pgq.Tick;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.pgq.jdbc.JsonRows;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.OpenTransaction;
import dev.londiste.replication.sync.PositionRecovery;
import dev.londiste.replication.sync.TableStates;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The subscriber's side of a job, as far as it needs the provider too. Thread-safe; what an operation changes on the
 * subscriber is one transaction, so that an error leaves nothing half done.
 */
public final class Subscriber {

    private static final String PROVIDER_TABLES = """
            select table_name from londiste.provider_get_table_list(?)
            """;

    private static final String PROVIDER_SNAPSHOT = """
            select txid_current_snapshot()::text
            """;

    private static final String REGISTERED = """
            select table_name from londiste.subscriber_get_table_list(?)
            """;

    private static final String ADD = """
            select londiste.subscriber_add_table(?, ?, ?, ?)
            """;

    private static final String SET_SKIP_TRUNCATE = """
            select londiste.subscriber_set_skip_truncate(?, ?, true)
            """;

    private static final String EXPECT_SYNC = """
            select londiste.expect_sync(?, ?)
            """;

    private static final String START_POSITION = """
            select londiste.start_position(?, ?, ?, ?, ?)
            """;

    private static final String REMOVE = """
            select londiste.remove_subscriber_table(?, ?, ?)
            """;

    private static final String RESYNC = """
            select londiste.resync_table(?, ?, ?)
            """;

    private static final String FORGET_POSITION = """
            select londiste.forget_position(?, ?)
            """;

    private static final String PROBLEMS = """
            select table_name, problem, detail from londiste.provider_problems(?)
            """;

    private final Job job;
    private final PgqQueue queue;
    private final PgqConsumerClient consumer;
    private final Attributes attributes;

    public Subscriber(Job job) {
        this.job = job;
        this.queue = new PgqQueue(job.provider(), job.queue());
        this.consumer = new PgqConsumerClient(job.provider(), job.queue(), job.consumer());
        this.attributes = new Attributes(job);
    }

    /** Registers tables; globs mean tables that are registered on the provider. */
    public List<Map<String, Object>> add(TablePatterns tables, AddOptions options) {
        return onBothSides((provider, subscriber) -> {
            var known = provider.query(PROVIDER_TABLES, row -> row.getString(1), job.queue());
            return add(provider, subscriber, tables.resolve(known), known, options);
        });
    }

    /** Registers every table that is registered on the provider. */
    public List<Map<String, Object>> addAll(AddOptions options) {
        return onBothSides((provider, subscriber) -> {
            var known = provider.query(PROVIDER_TABLES, row -> row.getString(1), job.queue());
            return add(provider, subscriber, known, known, options);
        });
    }

    private List<Map<String, Object>> add(
            JdbcSession provider,
            JdbcSession subscriber,
            Collection<String> tables,
            Collection<String> known,
            AddOptions options) {
        if (options.destTable() != null && tables.size() != 1) {
            throw new PgqException("destTable needs exactly one table, not " + tables.size(), facts("LD009"), null);
        }
        if (options.expectSync()) {
            startPosition(subscriber);
        }
        var registered = subscriber.query(REGISTERED, row -> row.getString(1), job.queue());
        var check = new StructureCheck(job.queue(), provider, subscriber);
        var snapshot = provider.one(PROVIDER_SNAPSHOT, row -> row.getString(1));
        return Provider.rows("table_name", tables, table -> {
            if (registered.contains(table)) {
                return false;
            }
            requireKnown(table, known);
            return explained(table, () -> add(provider, subscriber, check, table, snapshot, options));
        });
    }

    private boolean add(
            JdbcSession provider,
            JdbcSession subscriber,
            StructureCheck check,
            String table,
            String snapshot,
            AddOptions options) {
        var target = options.destTable() == null
                ? table
                : TablePatterns.of(options.destTable()).names().get(0);
        subscriber.one(ADD, row -> true, job.queue(), table, target, snapshot);
        attributes.set(provider, subscriber, table, options.attributes());
        if (!options.force()) {
            check.require(table, target, attributes.of(subscriber, table));
        }
        if (options.skipTruncate()) {
            subscriber.one(SET_SKIP_TRUNCATE, row -> true, job.queue(), table);
        }
        if (options.expectSync()) {
            subscriber.one(EXPECT_SYNC, row -> true, job.queue(), table);
        }
        return true;
    }

    /** Sets attributes of registered tables; what changes their rows has them copied again. */
    public List<Map<String, Object>> set(TablePatterns tables, AttributeChanges changes) {
        return onBothSides((provider, subscriber) -> Provider.rows(
                "table_name",
                tables.resolve(subscriber.query(REGISTERED, row -> row.getString(1), job.queue())),
                table -> explained(table, () -> attributes.set(provider, subscriber, table, changes))));
    }

    private void requireKnown(String table, Collection<String> known) {
        if (!known.contains(table)) {
            throw new PgqException(
                    "Table " + table + " is not registered in queue " + job.queue()
                            + " of the provider; add it with PROVIDER_ADD first",
                    facts("LD004").table(table),
                    null);
        }
    }

    /** A table that is in sync now needs every change from now on: the job stands at a tick before its rows were checked. */
    private void startPosition(JdbcSession subscriber) {
        var position =
                consumer.register(new PositionRecovery(job).whereToRegister()).position();
        insertPosition(subscriber, position);
    }

    private void insertPosition(JdbcSession subscriber, Tick tick) {
        subscriber.one(
                START_POSITION,
                row -> true,
                job.consumer(),
                job.queue(),
                tick.id(),
                tick.time(),
                tick.snapshot().toString());
    }

    /** Registers the consumer where the subscriber stands, or at the last tick when it has no position. */
    public List<Map<String, Object>> register() {
        var registration = consumer.register(new PositionRecovery(job).whereToRegister());
        var position = registration.position();
        return List.of(row("consumer_name", job.consumer(), "tick_id", position.id(), "changed", registration.isNew()));
    }

    /** Shuts the replication down: all tables become NEW, and the consumer is unregistered (C18). */
    public List<Map<String, Object>> unregister() {
        // First this side: a crash in between leaves a consumer that starts anew, not tables that look in sync.
        int tables = onSubscriber(
                session -> session.one(FORGET_POSITION, row -> row.getInt(1), job.consumer(), job.queue()));
        var copies = queue.consumers().stream()
                .map(row -> row.get("consumer_name").toString())
                .filter(name -> name.matches(java.util.regex.Pattern.quote(job.consumer()) + "_copy_\\d+"))
                .toList();
        copies.forEach(name -> new PgqConsumerClient(job.provider(), job.queue(), name).unregister());
        boolean changed = consumer.unregister();
        return List.of(row("consumer_name", job.consumer(), "tables_reset", tables, "changed", changed));
    }

    /** Forgets tables; their rows stay, their triggers come back. */
    public List<Map<String, Object>> remove(TablePatterns tables) {
        return change(REMOVE, tables);
    }

    /** Tables that are ok, or parked, are copied again. */
    public List<Map<String, Object>> resync(TablePatterns tables) {
        return change(RESYNC, tables);
    }

    private List<Map<String, Object>> change(String sql, TablePatterns tables) {
        var rows = onSubscriber(session -> {
            var registered = session.query(REGISTERED, row -> row.getString(1), job.queue());
            return Provider.rows(
                    "table_name",
                    tables.resolve(registered),
                    table -> explained(
                            table,
                            () -> session.one(sql, row -> row.getInt(1), job.consumer(), job.queue(), table) == 1));
        });
        queue.forceTick();
        return rows;
    }

    /** Tables of the provider that are not registered here. */
    public List<Map<String, Object>> missing() {
        return readBothSides((provider, subscriber) -> {
            var registered = subscriber.query(REGISTERED, row -> row.getString(1), job.queue());
            return provider.query(PROVIDER_TABLES, JsonRows::read, job.queue()).stream()
                    .filter(row -> !registered.contains(row.get("table_name").toString()))
                    .toList();
        });
    }

    /** What is wrong with the capture of the registered tables, and where both sides differ; nothing when all is well. */
    public List<Map<String, Object>> check() {
        return readBothSides((provider, subscriber) -> {
            var problems = new ArrayList<Map<String, Object>>();
            provider.query(PROBLEMS, JsonRows::read, job.queue())
                    .forEach(row -> problems.add(row(
                            "side", "provider",
                            "table_name", row.get("table_name"),
                            "problem", row.get("problem"),
                            "detail", row.get("detail"))));
            var check = new StructureCheck(job.queue(), provider, subscriber);
            for (var table : new TableStates(job).all(subscriber)) {
                check.problem(table.name(), table.target(), table.attributes())
                        .ifPresent(detail -> problems.add(row(
                                "side",
                                "subscriber",
                                "table_name",
                                table.name(),
                                "problem",
                                "structure differs",
                                "detail",
                                detail)));
            }
            return problems;
        });
    }

    private <T> T onSubscriber(Function<JdbcSession, T> work) {
        try (var transaction = OpenTransaction.readCommitted(job.subscriber(), job.lockTimeout())) {
            T result = work.apply(transaction.session());
            transaction.commit();
            return result;
        } catch (PgqException e) {
            throw Installation.explained(e, "subscriber", "SUBSCRIBER_INSTALL");
        }
    }

    private <T> T onBothSides(BothSides<T> work) {
        T result = readBothSides(work);
        queue.forceTick();
        return result;
    }

    private <T> T readBothSides(BothSides<T> work) {
        try (var provider = OpenTransaction.readCommitted(job.provider(), job.lockTimeout())) {
            return onSubscriber(subscriber -> {
                T result = work.apply(provider.session(), subscriber);
                provider.commit();
                return result;
            });
        }
    }

    private boolean explained(String table, Supplier<Boolean> call) {
        try {
            return call.get();
        } catch (PgqException e) {
            throw new PgqException(e.getMessage(), facts(e.sqlState()).table(table), e);
        }
    }

    private Facts facts(String sqlState) {
        return job.facts().sqlState(sqlState);
    }

    static Map<String, Object> row(Object... namesAndValues) {
        var row = new LinkedHashMap<String, Object>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            row.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return row;
    }

    @FunctionalInterface
    private interface BothSides<T> {
        T apply(JdbcSession provider, JdbcSession subscriber);
    }
}
