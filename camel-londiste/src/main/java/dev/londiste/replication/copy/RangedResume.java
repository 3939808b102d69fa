package dev.londiste.replication.copy;

import dev.londiste.pgq.LostPositionException;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.JobPosition;
import dev.londiste.replication.sync.SubscriberTable;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes on with a load in ranges that was interrupted. What was loaded counts only as long as everything that happened
 * since will be seen: the copy's position is still there, the snapshot of the missing ranges is a later one of the same
 * provider, and the table still has the shape in which the others were read. Not thread-safe.
 */
final class RangedResume {

    private static final Logger LOG = LoggerFactory.getLogger(RangedResume.class);

    private final Job job;
    private final SubscriberTable table;
    private final CopyConsumer consumer;
    private final RangedLoad load;
    private final Jdbc subscriber;
    private final CopyRanges ranges;
    private final TickAfterSnapshot after;

    RangedResume(CopyJob copy, SubscriberTable table, CopyConsumer consumer, RangedLoad load) {
        this.job = copy.job();
        this.table = table;
        this.consumer = consumer;
        this.load = load;
        this.subscriber = new Jdbc(job.subscriber());
        this.ranges = new CopyRanges(job, table);
        this.after = new TickAfterSnapshot(job, table, consumer);
    }

    /** Empty when there is nothing to go on with. */
    Optional<SubscriberTable> run() {
        var plan = subscriber.inTransaction(ranges::find).filter(this::mayGoOn);
        if (plan.isEmpty()) {
            return Optional.empty();
        }
        return plan.get().missing().isEmpty() || loadMissing(plan.get())
                ? Optional.of(load.finish())
                : Optional.empty();
    }

    /** Whether something is loaded, and the queue still has every event since before the first snapshot. */
    private boolean mayGoOn(RangePlan plan) {
        if (plan.snapshots().isEmpty()) {
            return false;
        }
        var position = subscriber.inTransaction(new JobPosition(job.queue(), job.copyConsumer(table))::get);
        if (position.isEmpty()) {
            return false;
        }
        try {
            consumer.setBack(position.get());
            return true;
        } catch (LostPositionException e) {
            LOG.warn("{}/{} - {}: copying anew: {}", job.queue(), job.consumer(), table.name(), e.getMessage());
            return false;
        }
    }

    /** Answers false when what is there now does not go with what was loaded. */
    private boolean loadMissing(RangePlan plan) {
        try (var source = CopySource.open(job, table)) {
            var columns = subscriber.inTransaction(target -> CopyColumns.match(
                    source.session(), target, table, job.facts().table(table.name())));
            boolean same = columns.shape().equals(plan.shape())
                    && plan.mayContinueAt(source.snapshot())
                    && subscriber.inTransaction(after::read).isThere();
            LOG.info(
                    "{}/{} - {}: {}, {} of {} ranges are missing",
                    job.queue(),
                    job.consumer(),
                    table.name(),
                    same ? "going on with the copy" : "the provider's table is another one now, copying anew",
                    plan.missing().size(),
                    plan.ranges().size());
            if (same) {
                var tick = after.make(source);
                subscriber.inTransaction(session -> {
                    after.note(session, tick);
                    return null;
                });
                load.load(source, columns, plan);
            }
            return same;
        }
    }
}
