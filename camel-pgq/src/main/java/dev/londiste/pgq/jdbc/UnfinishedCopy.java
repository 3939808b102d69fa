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

    /** Does nothing with null and with one that has ended. It never fails: a broken connection fails its next statement. */
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
            }
        } catch (SQLException e) {
            LOG.debug("COPY could not be cancelled", e);
        }
        release(copy);
    }

    private static void readToTheEnd(CopyOut out) throws SQLException {
        byte[] unread;
        do {
            unread = out.readFromCopy();
        } while (unread != null);
    }

    /** What did not end by itself stands in the middle of a broken connection, or is written by us. */
    private static void release(CopyOperation copy) {
        try {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        } catch (SQLException e) {
            LOG.debug("COPY could not be cancelled", e);
        }
    }
}
