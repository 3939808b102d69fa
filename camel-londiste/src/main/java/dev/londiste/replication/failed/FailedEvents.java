package dev.londiste.replication.failed;

import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.apply.FailedQueue;
import java.sql.Connection;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The failed queue of a job's tables, in the subscriber's database. It holds changes as they were to be applied: masked
 * values are masked, and nothing but the subscriber is needed to try again. Every call belongs to the transaction of the
 * connection given. Not thread-safe.
 */
public final class FailedEvents implements FailedQueue {

    private static final Logger LOG = LoggerFactory.getLogger(FailedEvents.class);

    private static final String KEYS = """
            select table_name, key_values from londiste.failed_keys(?, ?)
            """;

    private static final String KEEP = """
            select londiste.keep_failed_event(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String DISCARD = """
            select count(*) from londiste.take_failed_events(?, ?)
            """;

    private final JdbcSession session;
    private final String queue;
    private final Set<String> goingOn;
    private final List<String> waiting;
    private boolean reported;

    /**
     * @param goingOn tables that go on without changes that are refused
     * @param waiting tables of which changes may be kept already
     */
    public FailedEvents(Connection subscriber, String queue, Set<String> goingOn, List<String> waiting) {
        this.session = new JdbcSession(subscriber);
        this.queue = queue;
        this.goingOn = Set.copyOf(goingOn);
        this.waiting = List.copyOf(waiting);
    }

    @Override
    public boolean isOf(String table) {
        return goingOn.contains(table);
    }

    @Override
    public List<FailedKey> keys() {
        return waiting.isEmpty()
                ? List.of()
                : session.query(
                        KEYS,
                        row -> new FailedKey(row.getString("table_name"), Arrays.asList((String[])
                                row.getArray("key_values").getArray())),
                        queue,
                        waiting.toArray(String[]::new));
    }

    @Override
    public void keep(Change change, String sqlState, String reason) {
        var columns = change.row().columns().asList();
        session.one(
                KEEP,
                row -> true,
                queue,
                change.table(),
                change.eventId(),
                change.txid(),
                change.operation().name(),
                change.keyColumns().toArray(String[]::new),
                columns.toArray(String[]::new),
                columns.stream().map(change.row()::value).toArray(String[]::new),
                change.oldKey() == null
                        ? null
                        : change.keyColumns().stream()
                                .map(change.oldKey()::value)
                                .toArray(String[]::new),
                sqlState,
                reason);
        if (!reported) {
            reported = true;
            LOG.warn(
                    "{} - {}: event {} is in the failed queue, maybe others with it: {}",
                    queue,
                    change.table(),
                    change.eventId(),
                    reason);
        }
    }

    @Override
    public long discard(String table) {
        long discarded = session.one(DISCARD, row -> row.getLong(1), queue, table);
        if (discarded > 0) {
            LOG.warn(
                    "{} - {}: {} changes in the failed queue were discarded, the provider has truncated the table",
                    queue,
                    table,
                    discarded);
        }
        return discarded;
    }
}
