package dev.londiste.replication.verify;

import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.verify.VerificationProgress.Phase;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * Compares tables of a job one after the other, each at a position of its own, beside a running replay. Thread-safe; it
 * changes nothing.
 */
public final class JobComparison {

    private final Job job;
    private final BothSides sides;
    private final VerificationListener listener;

    /** With {@code executor} both servers work at the same time: it needs one thread a comparison. */
    public JobComparison(Job job, Executor executor, VerificationListener listener) {
        this.job = job;
        this.sides = new BothSides(executor);
        this.listener = listener;
    }

    /**
     * A row for each table; without names all tables that the replay applies. By checksum the contents are compared,
     * otherwise the numbers of rows.
     *
     * @param force do not ask first whether the replay keeps up
     */
    public List<Map<String, Object>> compare(TablePatterns which, boolean checksum, boolean force) {
        return compare(
                which,
                force,
                (table, moment, progress) -> checksum ? contents(moment, progress) : counts(moment, progress));
    }

    /**
     * A row for each table, with what a query answers on both sides.
     *
     * @param query SQL with {@code _TABLE_} in place of the table; its first row is compared
     */
    public List<Map<String, Object>> compareBy(String query, TablePatterns which, boolean force) {
        var asked = new ComparisonQuery(query);
        return compare(which, force, (table, moment, progress) -> answers(asked, table, moment, progress));
    }

    private List<Map<String, Object>> compare(TablePatterns which, boolean force, Way way) {
        var tables = new VerifiedTables(job).select(which);
        if (!force && !tables.isEmpty()) {
            new KeepingUp(job).require(KeepingUp.OR_FORCE);
        }
        return tables.stream().map(table -> compare(table, way)).toList();
    }

    private Map<String, Object> compare(SubscriberTable table, Way way) {
        var progress = new TableProgress(job, table.name(), listener);
        try (var moment = Moment.reach(job, table)) {
            var row = way.compare(table, moment, progress);
            progress.done();
            return row;
        }
    }

    private Map<String, Object> answers(
            ComparisonQuery query, SubscriberTable table, Moment moment, TableProgress progress) {
        progress.enter(Phase.COMPARING);
        var answers = sides.together(
                () -> query.run(moment.providerSession(), table.quotedName()),
                () -> query.run(moment.subscriberSession(), table.quotedTarget()));
        var row = new LinkedHashMap<String, Object>();
        row.put("table_name", moment.table().name());
        row.put("provider_answer", answers.provider());
        row.put("subscriber_answer", answers.subscriber());
        row.put("equal", answers.provider().equals(answers.subscriber()));
        return row;
    }

    private Map<String, Object> counts(Moment moment, TableProgress progress) {
        progress.enter(Phase.COMPARING);
        var rows = sides.together(moment.provider()::countRows, moment.subscriber()::countRows);
        progress.read(rows.provider() + rows.subscriber());
        var row = new LinkedHashMap<String, Object>();
        row.put("table_name", moment.table().name());
        row.put("provider_rows", rows.provider());
        row.put("subscriber_rows", rows.subscriber());
        row.put("equal", Objects.equals(rows.provider(), rows.subscriber()));
        return row;
    }

    private Map<String, Object> contents(Moment moment, TableProgress progress) {
        var contents = new Contents(moment, sides, progress);
        var row = contents.sum().asRow(moment.table());
        var counts = new DifferenceCounts(moment.table());
        contents.differences(counts::add);
        counts.addTo(row);
        return row;
    }

    @FunctionalInterface
    private interface Way {
        Map<String, Object> compare(SubscriberTable table, Moment moment, TableProgress progress);
    }
}
