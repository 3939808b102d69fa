package dev.londiste.pgq.read;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.jdbc.BorrowedConnection;
import dev.londiste.pgq.jdbc.StatementWatch;
import dev.londiste.pgq.read.EventCursor.Kind;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/** Opens the batches of one consumer for reading. Not thread-safe: one batch is read at a time. */
public final class BatchReader {

    /**
     * A batch is sorted in as much memory as the server would take for an index, up to a bound: in temporary files the sort
     * takes twice as long. A role that may use more does.
     */
    private static final String BATCH_QUERY = """
            select pgq.batch_event_sql(?), pg_backend_pid(), set_config('work_mem', greatest(
                pg_size_bytes(current_setting('work_mem')),
                least(pg_size_bytes(current_setting('maintenance_work_mem')), 128 << 20)) / 1024 || 'kB', true)
            """;

    /** For the statement before the long ones; those are watched instead (C41). */
    private static final Duration SILENCE = Duration.ofSeconds(20);

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
                    case IN_TRANSACTION -> cursor(batch, Kind.IN_TRANSACTION, filter, skip);
                    case WITHOUT_TRANSACTION -> cursor(batch, Kind.IN_SESSION, filter, skip);
                    case WITHOUT_SESSION ->
                        new KeyPages(
                                start -> cursor(batch, Kind.ONE_PAGE, filter.from(start.eventId()), start.skip()),
                                skip);
                });
    }

    private EventCursor cursor(Batch batch, Kind kind, EventFilter events, long skip) {
        var connection = BorrowedConnection.from(database);
        var cursor = new EventCursor(connection, "pgq_batch_" + cursors.incrementAndGet(), kind, fetchSize, watch);
        try {
            connection.autoCommit(false).silence(SILENCE);
            var query = connection
                    .session()
                    .one(BATCH_QUERY, row -> new BatchQuery(row.getString(1), row.getInt(2)), batch.id());
            cursor.prepare(query.process(), events.applyTo(query.sql()), events.parameters(), skip);
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

    private record BatchQuery(String sql, int process) {}
}
