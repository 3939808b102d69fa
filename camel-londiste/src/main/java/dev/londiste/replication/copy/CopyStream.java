package dev.londiste.replication.copy;

import dev.londiste.pgq.jdbc.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOperation;
import org.postgresql.copy.CopyOut;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows from one connection to another, as the servers write and read them, a buffer at a time. Whatever happens, both
 * connections are out of COPY afterwards. Not thread-safe.
 */
final class CopyStream {

    private static final Logger LOG = LoggerFactory.getLogger(CopyStream.class);

    private static final int BUFFER = 64 * 1024;

    private final CopyProgress progress;
    private final byte[] buffer = new byte[BUFFER];
    private int buffered;

    CopyStream(CopyProgress progress) {
        this.progress = progress;
    }

    /** Answers how many rows were written. */
    long pipe(Connection from, String copyOut, Connection to, String copyIn) {
        CopyOut out = null;
        CopyIn in = null;
        try {
            in = to.unwrap(PGConnection.class).getCopyAPI().copyIn(copyIn);
            out = from.unwrap(PGConnection.class).getCopyAPI().copyOut(copyOut);
            return pipe(out, in);
        } catch (SQLException e) {
            throw SqlErrors.failure(e);
        } finally {
            cancel(out);
            cancel(in);
        }
    }

    private long pipe(CopyOut out, CopyIn in) throws SQLException {
        for (var row = out.readFromCopy(); row != null; row = out.readFromCopy()) {
            progress.copied(row.length);
            write(in, row);
        }
        flush(in);
        return in.endCopy();
    }

    private void write(CopyIn in, byte[] row) throws SQLException {
        if (buffered + row.length > BUFFER) {
            flush(in);
        }
        if (row.length > BUFFER) {
            in.writeToCopy(row, 0, row.length);
            return;
        }
        System.arraycopy(row, 0, buffer, buffered, row.length);
        buffered += row.length;
    }

    private void flush(CopyIn in) throws SQLException {
        if (buffered > 0) {
            in.writeToCopy(buffer, 0, buffered);
            buffered = 0;
        }
    }

    private static void cancel(CopyOperation operation) {
        if (operation != null && operation.isActive()) {
            try {
                operation.cancelCopy();
            } catch (SQLException e) {
                // The statement that failed has told why; its transaction is rolled back either way.
                LOG.debug("COPY could not be cancelled", e);
            }
        }
    }
}
