package dev.londiste.replication.copy;

import dev.londiste.pgq.Tick;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.OpenTransaction;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.sync.TableStates;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads one table in one transaction of the subscriber: its triggers and indexes are dropped, it is emptied and filled,
 * its indexes are made again, it is analyzed, and its state becomes catching-up. Death at any statement of it leaves the
 * table as it was and its state in-copy, and the load begins anew. Stateless but for the progress; not thread-safe.
 */
final class TableLoad {

    private static final Logger LOG = LoggerFactory.getLogger(TableLoad.class);

    private static final String DROP_TRIGGERS = """
            select londiste.subscriber_drop_all_table_triggers(?)
            """;

    private static final String DROP_INDEXES = """
            select londiste.drop_table_indexes(?)
            """;

    private static final String EMPTY = """
            select londiste.empty_table(?)
            """;

    private static final String RESTORE_INDEXES = """
            select londiste.restore_table_indexes(?)
            """;

    private final Job job;
    private final TableStates states;
    private final CopyProgress progress;

    TableLoad(Job job, TableStates states, CopyProgress progress) {
        this.job = job;
        this.states = states;
        this.progress = progress;
    }

    /** From in-copy to catching-up. */
    SubscriberTable run(SubscriberTable table, CopyConsumer consumer, OpenConnections connections) {
        // Before the snapshot: every event that the snapshot does not see comes after this tick.
        var from = consumer.reset();
        try (var source = CopySource.open(job, table);
                var target = OpenTransaction.readCommitted(job.subscriber(), job.lockTimeout())) {
            connections.use(source.connection(), target.connection());
            var loaded = load(table, from, source, target);
            target.commit();
            return loaded;
        } finally {
            connections.release();
        }
    }

    private SubscriberTable load(SubscriberTable table, Tick from, CopySource source, OpenTransaction target) {
        var session = target.session();
        var facts = job.facts().table(table.name());
        var columns = CopyColumns.match(source.session(), table.name(), session, table.target(), facts);
        progress.copying(source.estimatedRows());
        session.one(DROP_TRIGGERS, row -> true, table.target());
        session.one(DROP_INDEXES, row -> true, table.target());
        if (!table.skipTruncate()) {
            session.one(EMPTY, row -> true, table.target());
        }
        var into = "copy " + CopySource.quoted(table.target()) + " (" + columns.list() + ") from stdin (format "
                + columns.format() + ")";
        long rows =
                new CopyStream(progress).pipe(source.connection(), source.copySql(columns), target.connection(), into);
        progress.copiedAll(rows);
        LOG.info("{}/{} - {}: {} rows copied", job.queue(), job.consumer(), table.name(), rows);
        // The provider need not keep its snapshot while indexes are built.
        source.close();
        session.one(RESTORE_INDEXES, row -> true, table.target());
        // The replay may be in the middle of a large batch: no reason to throw the load away.
        target.lockTimeout(Duration.ZERO);
        return states.endLoad(session, table, source.snapshot(), from);
    }
}
