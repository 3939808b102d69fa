package dev.londiste.replication.copy;

import dev.londiste.replication.copy.CopyStream.Copied;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.OpenTransaction;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.sync.TableStates;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the missing ranges of a table, several at once under one exported snapshot. Each is one transaction of the
 * subscriber, which stores the snapshot with it (C23): whatever dies, the ranges that were committed stay. Thread-safe.
 */
final class RangedLoad {

    private static final Logger LOG = LoggerFactory.getLogger(RangedLoad.class);

    private static final String RESTORE_INDEXES = """
            select londiste.restore_table_indexes(?, ?)
            """;

    private final CopyJob copy;
    private final Job job;
    private final SubscriberTable table;
    private final OpenConnections connections;
    private final CopyRanges ranges;

    RangedLoad(CopyJob copy, SubscriberTable table, OpenConnections connections) {
        this.copy = copy;
        this.job = copy.job();
        this.table = table;
        this.connections = connections;
        this.ranges = new CopyRanges(job, table);
    }

    /** The source keeps lock and snapshot until all who read beside it are done, in whatever way. */
    void load(CopySource source, CopyColumns columns, RangePlan plan) {
        var waiting = new ConcurrentLinkedQueue<>(plan.missing());
        int readers = Math.min(copy.options().parallelRanges(), waiting.size());
        var exported = readers > 1 ? source.export() : null;
        var work = new ArrayList<CompletableFuture<Void>>();
        for (int i = 1; i < readers; i++) {
            work.add(CompletableFuture.runAsync(
                    stoppingOthers(waiting, () -> loadBeside(source, exported, columns, plan.key(), waiting)),
                    copy.executor()));
        }
        work.add(CompletableFuture.runAsync(
                stoppingOthers(waiting, () -> loadAll(source, columns, plan.key(), waiting)), Runnable::run));
        await(work);
    }

    /** One that fails leaves nothing for the others to begin. */
    private static Runnable stoppingOthers(Queue<KeyRange> waiting, Runnable reader) {
        return () -> {
            boolean done = false;
            try {
                reader.run();
                done = true;
            } finally {
                if (!done) {
                    waiting.clear();
                }
            }
        };
    }

    private static void await(List<CompletableFuture<Void>> work) {
        try {
            CompletableFuture.allOf(work.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private void loadBeside(
            CopySource source, String exported, CopyColumns columns, CopyKey key, Queue<KeyRange> waiting) {
        try (var beside = source.beside(job, exported)) {
            loadAll(beside, columns, key, waiting);
        }
    }

    private void loadAll(CopySource source, CopyColumns columns, CopyKey key, Queue<KeyRange> waiting) {
        var stream = new CopyStream(copy.throttle(), connections);
        for (var range = waiting.poll(); range != null; range = waiting.poll()) {
            load(stream, source, columns, source.copySql(columns, key, range), range);
        }
    }

    private void load(CopyStream stream, CopySource source, CopyColumns columns, String copySql, KeyRange range) {
        try (var target = OpenTransaction.readCommitted(job.subscriber(), job.lockTimeout())) {
            target.session().execute(CopySource.TEXT_SETTINGS);
            var copied =
                    stream.pipe(source.connection(), copySql, target.connection(), columns.copyInto(table.target()));
            connections.use(() -> end(target, range, source, copied), target.connection());
        }
    }

    private Void end(OpenTransaction target, KeyRange range, CopySource source, Copied copied) {
        // The replay may be in the middle of a large batch: no reason to throw the range away.
        target.lockTimeout(Duration.ZERO);
        ranges.end(target.session(), range, source.snapshot(), copied);
        target.commit();
        return null;
    }

    /**
     * All ranges are loaded. With more than one snapshot the same unique value may be in two of them, so that only the
     * primary key can be made now.
     */
    SubscriberTable finish() {
        try (var target = OpenTransaction.readCommitted(job.subscriber(), Duration.ZERO)) {
            var session = target.session();
            var plan = ranges.find(session).orElseThrow();
            boolean oneSnapshot = plan.snapshots().size() == 1;
            connections.use(
                    () -> session.one(RESTORE_INDEXES, row -> true, table.target(), oneSnapshot), target.connection());
            ranges.endAll(session, plan.newest());
            target.commit();
            LOG.info(
                    "{}/{} - {}: {} ranges copied",
                    job.queue(),
                    job.consumer(),
                    table.name(),
                    plan.ranges().size());
            return TableStates.loaded(table, plan.newest());
        }
    }
}
