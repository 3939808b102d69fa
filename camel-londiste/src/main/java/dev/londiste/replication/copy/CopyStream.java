package dev.londiste.replication.copy;

import dev.londiste.pgq.jdbc.SqlErrors;
import dev.londiste.pgq.jdbc.UnfinishedCopy;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/**
 * Rows from one connection to another, as the servers write and read them, a buffer at a time. Whatever happens, both
 * connections are out of COPY afterwards. Not thread-safe.
 */
final class CopyStream {

    private static final int BUFFER = 64 * 1024;

    private final Throttle throttle;
    private final OpenConnections connections;
    private final byte[] buffer = new byte[BUFFER];
    private int buffered;

    CopyStream(Throttle throttle, OpenConnections connections) {
        this.throttle = throttle;
        this.connections = connections;
    }

    Copied pipe(Connection from, String copyOut, Connection to, String copyIn) {
        return connections.use(() -> copy(from, copyOut, to, copyIn), from, to);
    }

    private Copied copy(Connection from, String copyOut, Connection to, String copyIn) {
        CopyOut out = null;
        CopyIn in = null;
        try {
            in = to.unwrap(PGConnection.class).getCopyAPI().copyIn(copyIn);
            out = from.unwrap(PGConnection.class).getCopyAPI().copyOut(copyOut);
            return pipe(out, in);
        } catch (SQLException e) {
            throw SqlErrors.failure(e);
        } finally {
            UnfinishedCopy.end(from, out);
            UnfinishedCopy.end(to, in);
        }
    }

    private Copied pipe(CopyOut out, CopyIn in) throws SQLException {
        long bytes = 0;
        int untaken = 0;
        int step = throttle.step();
        for (var row = out.readFromCopy(); row != null; row = out.readFromCopy()) {
            bytes += row.length;
            if (++untaken == step) {
                connections.pause(throttle.take(untaken));
                untaken = 0;
            }
            write(in, row);
        }
        flush(in);
        return new Copied(in.endCopy(), bytes);
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

    /** What went through; bytes as sent, not as stored. */
    record Copied(long rows, long bytes) {}
}
