package dev.londiste.pgq.read;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.jdbc.BorrowedConnection;
import dev.londiste.pgq.jdbc.JdbcSession.RowReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The query of a batch, in a transaction that may last.
 *
 * @param process the server process of the connection
 * @param settings statements that a later transaction needs, to last as well
 * @param sql the wanted events in their order, without parameters: COPY takes none
 */
record BatchQuery(BorrowedConnection connection, int process, String settings, String sql) {

    /**
     * A batch is read once: compiling its query would take longer than running it. The server waits for a reader that takes
     * its time, also with an event half sent.
     */
    private static final String SETTINGS = """
            set local idle_in_transaction_session_timeout = 0;
            set local statement_timeout = 0;
            set local tcp_user_timeout = 0;
            set local jit = off;
            """;

    /**
     * A batch is sorted in as much memory as the server would take for an index, up to a bound: in temporary files the sort
     * takes twice as long. A role that may use more does.
     */
    private static final String EVENTS = """
            select pgq.batch_event_sql(?), pg_backend_pid(), set_config('work_mem', greatest(
                pg_size_bytes(current_setting('work_mem')),
                least(pg_size_bytes(current_setting('maintenance_work_mem')), 128 << 20)) / 1024 || 'kB', true)
            """;

    /** For the statement before the long ones; those are watched instead (C41). */
    private static final Duration SILENCE = Duration.ofSeconds(20);

    /** Begins the transaction. The connection stays the caller's to close. */
    static BatchQuery of(Batch batch, EventFilter filter, BorrowedConnection connection) {
        connection.autoCommit(false).silence(SILENCE);
        var settings = SETTINGS + connection.lasting();
        var found = new ArrayList<BatchQuery>();
        RowReader reader =
                row -> found.add(new BatchQuery(connection, row.getInt(2), settings, filter.applyTo(row.getString(1))));
        connection.session().inOneTrip(settings + EVENTS, List.of(reader), batch.id());
        connection.silence(Duration.ZERO);
        return found.get(0);
    }
}
