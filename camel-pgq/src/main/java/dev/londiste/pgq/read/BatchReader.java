package dev.londiste.pgq.read;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.jdbc.BorrowedConnection;
import dev.londiste.pgq.jdbc.StatementWatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import javax.sql.DataSource;

/** Opens the batches of one consumer for reading. Not thread-safe: one batch is read at a time. */
public final class BatchReader {

    private final DataSource database;
    private final EventFilter filter;
    private final FetchSize fetchSize;
    private final StatementWatch watch;
    private final AtomicLong cursors = new AtomicLong();

    /** A reader whose long statements nobody watches. */
    public BatchReader(DataSource database, EventFilter filter, FetchSize fetchSize) {
        this(database, filter, fetchSize, StatementWatch.NONE);
    }

    public BatchReader(DataSource database, EventFilter filter, FetchSize fetchSize, StatementWatch watch) {
        this.database = database;
        this.filter = filter;
        this.fetchSize = fetchSize;
        this.watch = watch;
    }

    /** Whether no filter leaves out events. */
    public boolean readsAll() {
        return filter.equals(EventFilter.ALL);
    }

    /**
     * Begins to read an open batch.
     *
     * @param skip how many of its events to leave out from the beginning
     */
    public EventPages open(Batch batch, EventPages.Hold hold, long skip) {
        return new ReadAhead(
                switch (hold) {
                    case IN_TRANSACTION ->
                        begin(batch, filter, query -> EventStream.begin(query, skip, fetchSize.most(), watch));
                    case WITHOUT_TRANSACTION -> cursor(batch, filter, skip, true);
                    case WITHOUT_SESSION ->
                        new KeyPages(start -> cursor(batch, filter.from(start.eventId()), start.skip(), false), skip);
                });
    }

    private EventCursor cursor(Batch batch, EventFilter events, long skip, boolean manyPages) {
        var name = "pgq_batch_" + cursors.incrementAndGet();
        return begin(batch, events, query -> EventCursor.begin(query, skip, name, manyPages, fetchSize, watch));
    }

    private <T> T begin(Batch batch, EventFilter events, Function<BatchQuery, T> reading) {
        var connection = BorrowedConnection.from(database);
        try {
            return reading.apply(BatchQuery.of(batch, events, connection));
        } catch (PgqException e) {
            var failure = new PgqException(
                    "Cannot read batch " + batch.id() + " of consumer " + batch.consumer() + " of queue "
                            + batch.queue() + ": " + e.getMessage(),
                    Facts.of(batch).sqlState(e.sqlState()),
                    e);
            try {
                connection.close();
            } catch (PgqException again) {
                failure.addSuppressed(again);
            }
            throw failure;
        }
    }
}
