package dev.londiste.pgq.jdbc;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import java.util.ArrayDeque;
import javax.sql.DataSource;

/** Finds out at start whether a pool is large enough, rather than by a consumer that hangs later. */
public final class ConnectionsNeeded {

    private ConnectionsNeeded() {}

    /** Borrows so many at once and gives them back. */
    public static void require(int count, DataSource pool, String queue, String consumer) {
        var borrowed = new ArrayDeque<BorrowedConnection>();
        try {
            while (borrowed.size() < count) {
                borrowed.push(BorrowedConnection.from(pool));
            }
        } catch (PgqException e) {
            if (borrowed.isEmpty()) {
                throw e;
            }
            throw new PgqException(
                    "Consumer " + consumer + " of queue " + queue + " needs " + count
                            + " free connections at once, but the" + " pool gives only " + borrowed.size()
                            + ": make it larger (" + e.getMessage() + ")",
                    Facts.of(queue, consumer),
                    e);
        } finally {
            borrowed.forEach(BorrowedConnection::close);
        }
    }
}
