package dev.londiste.pgq.read;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.jdbc.BorrowedConnection;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/** Opens the batches of one consumer for reading. Not thread-safe: one batch is read at a time. */
public final class BatchReader {

    private static final String BATCH_QUERY = "select pgq.batch_event_sql(?)";

    private final DataSource database;
    private final EventFilter filter;
    private final FetchSize fetchSize;
    private final AtomicLong cursors = new AtomicLong();

    public BatchReader(DataSource database, EventFilter filter, FetchSize fetchSize) {
        this.database = database;
        this.filter = filter;
        this.fetchSize = fetchSize;
    }

    /**
     * Begins to read an open batch.
     *
     * @param skip how many of its events to leave out from the beginning
     */
    public EventCursor open(Batch batch, EventCursor.Hold hold, long skip) {
        var connection = BorrowedConnection.from(database);
        var cursor = new EventCursor(connection, "pgq_batch_" + cursors.incrementAndGet(), hold, fetchSize);
        try {
            connection.autoCommit(false);
            String query = connection.session().one(BATCH_QUERY, row -> row.getString(1), batch.id());
            cursor.prepare(filter.applyTo(query), filter.parameters(), skip);
            return cursor;
        } catch (PgqException e) {
            var failure = new PgqException(
                    "Cannot read batch " + batch.id() + " of consumer " + batch.consumer() + " of queue "
                            + batch.queue() + ": " + e.getMessage(),
                    Facts.of(batch).sqlState(e.sqlState()),
                    e);
            try {
                cursor.close();
            } catch (PgqException again) {
                failure.addSuppressed(again);
            }
            throw failure;
        }
    }
}
