package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.BorrowedConnection;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Whether a DataSource gives as many connections as a replay uses at once, and whether each is a session of its own: a
 * pooler that shares sessions between transactions breaks session locks and LISTEN. Immutable.
 *
 * @param connections 0 when the size was found out already
 */
record PoolCheck(Side side, int connections) {

    private static final String BACKEND = """
            select pg_backend_pid()
            """;

    void run(List<Map<String, Object>> problems) {
        Deque<BorrowedConnection> borrowed = new ArrayDeque<>();
        try {
            int needed = Math.max(connections, 2);
            if (!borrow(needed, borrowed) && connections > 0) {
                problems.add(JobCheck.problem(
                        side.name(),
                        null,
                        "pool too small",
                        "a replay needs " + needed + " connections at once, the pool gives " + borrowed.size(),
                        "make the pool of the " + side.name() + " larger"));
            }
            pooler(borrowed, problems);
        } finally {
            borrowed.forEach(BorrowedConnection::close);
        }
    }

    private boolean borrow(int needed, Deque<BorrowedConnection> borrowed) {
        try {
            while (borrowed.size() < needed) {
                borrowed.push(BorrowedConnection.from(side.database()).autoCommit(true));
            }
            return true;
        } catch (PgqException e) {
            if (borrowed.isEmpty()) {
                throw e;
            }
            return false;
        }
    }

    /** Two sessions that are both open and say that they are the same one. */
    private void pooler(Deque<BorrowedConnection> borrowed, List<Map<String, Object>> problems) {
        var backends = borrowed.stream()
                .map(connection -> connection.session().one(BACKEND, row -> row.getInt(1)))
                .collect(Collectors.toSet());
        if (backends.size() < borrowed.size()) {
            problems.add(JobCheck.problem(
                    side.name(),
                    null,
                    "pooler shares sessions",
                    borrowed.size() + " connections are " + backends.size() + " sessions of the server",
                    "connect to PostgreSQL directly, or set the pooler to pool_mode = session"));
        }
    }
}
