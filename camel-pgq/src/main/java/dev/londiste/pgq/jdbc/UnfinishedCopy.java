package dev.londiste.pgq.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOperation;
import org.postgresql.copy.CopyOut;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a COPY that nobody wants any more, so that its connection takes other statements: in the middle of one it takes none.
 * The transaction has failed then.
 */
public final class UnfinishedCopy {

    private static final Logger LOG = LoggerFactory.getLogger(UnfinishedCopy.class);

    private UnfinishedCopy() {}

    /** Does nothing with null and with one that has ended. It never fails: a connection that it cannot save is closed. */
    public static void end(Connection connection, CopyOperation copy) {
        if (copy == null || !copy.isActive()) {
            return;
        }
        try {
            if (copy instanceof CopyOut out) {
                // The driver's own way leaves what the server has sent, and the next statement would read it as its
                // answer.
                connection.unwrap(PGConnection.class).cancelQuery();
                readToTheEnd(out);
            } else {
                copy.cancelCopy();
            }
        } catch (SQLException e) {
            LOG.debug("COPY has ended", e);
        }
        if (copy.isActive()) {
            abort(connection);
        }
    }

    private static void readToTheEnd(CopyOut out) throws SQLException {
        byte[] unread;
        do {
            unread = out.readFromCopy();
        } while (unread != null);
    }

    /** It stands in the middle of COPY: nobody may get it out of a pool again. */
    private static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.debug("connection could not be closed", e);
        }
    }
}
