package dev.londiste.replication.copy;

import dev.londiste.pgq.Tick;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.replication.copy.CopyStream.Copied;
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
 * table as it was, and the load begins anew.
 */
final class WholeLoad {

    private static final Logger LOG = LoggerFactory.getLogger(WholeLoad.class);

    private static final String RESTORE_INDEXES = """
            select londiste.restore_table_indexes(?, true)
            """;

    private static final String NOTE_COPIED = """
            select londiste.note_copied(?, ?, ?, ?, ?)
            """;

    private final CopyJob copy;
    private final Job job;
    private final SubscriberTable table;
    private final OpenConnections connections;

    WholeLoad(CopyJob copy, SubscriberTable table, OpenConnections connections) {
        this.copy = copy;
        this.job = copy.job();
        this.table = table;
        this.connections = connections;
    }

    /** Commits the target; {@code from} is a tick from before the source's snapshot. */
    SubscriberTable run(Tick from, CopySource source, OpenTransaction target, CopyColumns columns) {
        var session = target.session();
        new TargetPreparation(table).run(session);
        var copied = new CopyStream(copy.throttle(), connections)
                .pipe(
                        source.connection(),
                        source.copySql(columns),
                        target.connection(),
                        columns.copyInto(table.target()));
        LOG.info("{}/{} - {}: {} rows copied", job.queue(), job.consumer(), table.name(), copied.rows());
        // The provider need not keep its snapshot while indexes are built.
        source.close();
        note(copied);
        connections.use(() -> session.one(RESTORE_INDEXES, row -> true, table.target()), target.connection());
        // The replay may be in the middle of a large batch: no reason to throw the load away.
        target.lockTimeout(Duration.ZERO);
        var loaded =
                new TableStates(job).endLoad(session, table, source.snapshot(), from, copied.rows(), copied.bytes());
        target.commit();
        return loaded;
    }

    /** For those who watch: the transaction that loads shows nothing before its end. */
    private void note(Copied copied) {
        new Jdbc(job.subscriber())
                .one(
                        NOTE_COPIED,
                        row -> true,
                        job.queue(),
                        table.name(),
                        table.attempt(),
                        copied.rows(),
                        copied.bytes());
    }
}
