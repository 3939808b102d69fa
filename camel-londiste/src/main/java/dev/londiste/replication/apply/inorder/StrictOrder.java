package dev.londiste.replication.apply.inorder;

import dev.londiste.pgq.change.Change;
import dev.londiste.replication.apply.ApplyException;
import dev.londiste.replication.apply.Counts;
import dev.londiste.replication.apply.target.SubscriberSession;
import java.sql.SQLException;
import java.util.List;

/**
 * Applies changes strictly in their order, and those of tables with a failed queue without the ones that fail. Not
 * thread-safe.
 */
public final class StrictOrder {

    /** Fewer changes cost less as statements of their own than the function that they need. */
    private static final int FUNCTION_FROM = 50;

    private final SubscriberSession session;
    private final RowsInOrder rowsInOrder;
    private final FunctionInOrder functionInOrder;
    private final HeldKeys held;

    public StrictOrder(
            SubscriberSession session, RowsInOrder rowsInOrder, FunctionInOrder functionInOrder, HeldKeys held) {
        this.session = session;
        this.rowsInOrder = rowsInOrder;
        this.functionInOrder = functionInOrder;
        this.held = held;
    }

    /** Answers what it applied. */
    public Counts apply(List<Change> changes) throws SQLException {
        var counted = new Counts();
        var rest = changes;
        while (!rest.isEmpty()) {
            var savepoint = session.savepoint();
            try {
                counted.add(all(rest));
                session.release(savepoint);
                return counted;
            } catch (ApplyException e) {
                int failed = failedOf(rest, e);
                session.rollback(savepoint);
                counted.add(all(rest.subList(0, failed)));
                held.keep(rest.get(failed), e);
                counted.failed(1);
                rest = held.passOver(rest.subList(failed + 1, rest.size()));
            }
        }
        return counted;
    }

    /** The change that failed, if its table goes on without it; otherwise the failure stops the batch. */
    private int failedOf(List<Change> changes, ApplyException e) {
        for (int i = 0; i < changes.size(); i++) {
            if (e.eventId() != null && changes.get(i).eventId() == e.eventId() && held.takes(changes.get(i), e)) {
                return i;
            }
        }
        throw e;
    }

    private Counts all(List<Change> changes) throws SQLException {
        var counted = new Counts();
        boolean byFunction = changes.size() >= FUNCTION_FROM && session.mayCreateFunctions();
        if (!byFunction || !functionInOrder.apply(changes, counted)) {
            counted = new Counts();
            rowsInOrder.apply(changes, counted);
        }
        return counted;
    }
}
