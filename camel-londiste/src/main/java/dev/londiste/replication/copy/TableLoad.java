package dev.londiste.replication.copy;

import dev.londiste.pgq.Tick;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.OpenTransaction;
import dev.londiste.replication.sync.SubscriberTable;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads one table, from in-copy to catching-up: a small one whole, in one transaction of the subscriber; a big one in
 * ranges, and where ranges are left of a load that was interrupted, it goes on with those that are missing. Death at any
 * statement leaves the table in-copy. Not thread-safe.
 */
final class TableLoad {

    private static final Logger LOG = LoggerFactory.getLogger(TableLoad.class);

    private static final String NOTE_ESTIMATE = """
            select londiste.note_estimate(?, ?, ?, ?)
            """;

    private final CopyJob copy;
    private final Job job;
    private final SubscriberTable table;
    private final CopyConsumer consumer;
    private final OpenConnections connections;
    private final CopyRanges ranges;
    private final RangedLoad ranged;
    private final TickAfterSnapshot after;

    TableLoad(CopyJob copy, SubscriberTable table, CopyConsumer consumer, OpenConnections connections) {
        this.copy = copy;
        this.job = copy.job();
        this.table = table;
        this.consumer = consumer;
        this.connections = connections;
        this.ranges = new CopyRanges(job, table);
        this.ranged = new RangedLoad(copy, table, connections);
        this.after = new TickAfterSnapshot(job, table, consumer);
    }

    SubscriberTable run() {
        return new RangedResume(copy, table, consumer, ranged).run().orElseGet(this::begin);
    }

    private SubscriberTable begin() {
        // Before the snapshot: every event that the snapshot does not see comes after this tick.
        var from = consumer.reset();
        try (var source = CopySource.open(job, table)) {
            beginAnew(source.estimatedRows(), after.make(source));
            var whole = load(source, from);
            if (whole.isPresent()) {
                return whole.get();
            }
        }
        return ranged.finish();
    }

    /** A table that is loaded whole is loaded then; one in ranges is still to be finished. */
    private Optional<SubscriberTable> load(CopySource source, Tick from) {
        CopyColumns columns;
        RangePlan plan;
        try (var target = OpenTransaction.readCommitted(job.subscriber(), job.lockTimeout())) {
            target.session().execute(CopySource.TEXT_SETTINGS);
            columns = CopyColumns.match(
                    source.session(), target.session(), table, job.facts().table(table.name()));
            var cut = new RangeCutter(job, copy.options()).cut(source.session(), target.session(), table);
            if (cut.isEmpty()) {
                return Optional.of(new WholeLoad(copy, table, connections).run(from, source, target, columns));
            }
            plan = prepare(target, cut.get(), columns, from);
        }
        ranged.load(source, columns, plan);
        return Optional.empty();
    }

    private void beginAnew(long estimatedRows, Optional<Tick> tick) {
        try (var transaction = OpenTransaction.readCommitted(job.subscriber(), job.lockTimeout())) {
            var session = transaction.session();
            ranges.discard(session);
            after.note(session, tick);
            session.one(NOTE_ESTIMATE, row -> true, job.queue(), table.name(), table.attempt(), estimatedRows);
            transaction.commit();
        }
    }

    /** The table as its ranges need it, and the ranges, in one transaction. */
    private RangePlan prepare(OpenTransaction target, RangeCutter.Cut cut, CopyColumns columns, Tick from) {
        var session = target.session();
        new TargetPreparation(table).run(session);
        // The replay may be in the middle of a large batch.
        target.lockTimeout(Duration.ZERO);
        ranges.begin(session, cut.key(), columns.shape(), cut.bounds(), from);
        var plan = ranges.find(session).orElseThrow();
        target.commit();
        LOG.info(
                "{}/{} - {}: copying {} ranges",
                job.queue(),
                job.consumer(),
                table.name(),
                plan.ranges().size());
        return plan;
    }
}
