package dev.londiste.replication.apply.inorder;

import dev.londiste.pgq.change.Change;
import dev.londiste.replication.apply.ApplyException;
import dev.londiste.replication.apply.Counts;
import dev.londiste.replication.apply.target.RowMappings;
import dev.londiste.replication.apply.target.SubscriberSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Applies changes strictly in their order, and those of tables with a failed queue without the ones that fail. Not
 * thread-safe.
 */
public final class StrictOrder {

    private final SubscriberSession session;
    private final RowsInOrder rowsInOrder;
    private final FunctionInOrder functionInOrder;
    private final InOrderCalls calls;
    private final HeldKeys held;

    public StrictOrder(Connection connection, SubscriberSession session, RowMappings mappings, HeldKeys held) {
        this.session = session;
        this.rowsInOrder = new RowsInOrder(connection, session, mappings);
        this.functionInOrder = new FunctionInOrder(connection, session);
        this.calls = new InOrderCalls(session, mappings);
        this.held = held;
    }

    /** Answers what it applied. */
    public Counts apply(List<Change> changes) throws SQLException {
        return apply(changes, calls.of(changes));
    }

    /** The same, with the call of all these changes where one was made beforehand. */
    public Counts apply(List<Change> changes, Optional<InOrderCall> prepared) throws SQLException {
        var counted = new Counts();
        var rest = changes;
        var call = prepared;
        while (!rest.isEmpty()) {
            var savepoint = session.savepoint();
            try {
                counted.add(all(rest, call));
                session.release(savepoint);
                return counted;
            } catch (ApplyException e) {
                int failed = failedOf(rest, e);
                session.rollback(savepoint);
                var before = rest.subList(0, failed);
                counted.add(all(before, calls.of(before)));
                held.keep(rest.get(failed), e);
                counted.failed(1);
                rest = held.passOver(rest.subList(failed + 1, rest.size()));
                call = calls.of(rest);
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

    private Counts all(List<Change> changes, Optional<InOrderCall> call) throws SQLException {
        var counted = new Counts();
        if (call.isPresent()) {
            functionInOrder.apply(call.get(), counted);
        } else {
            rowsInOrder.apply(changes, counted);
        }
        return counted;
    }
}
