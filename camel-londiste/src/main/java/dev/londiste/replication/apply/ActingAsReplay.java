package dev.londiste.replication.apply;

import dev.londiste.pgq.jdbc.SqlErrors;
import dev.londiste.replication.apply.target.SubscriberSession;
import dev.londiste.replication.apply.target.TargetTableQuery;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Has a transaction of someone else change a table of the subscriber as the replay would: with the same settings, firing
 * the same triggers, with constraints that wait as long. Not thread-safe; it neither begins nor ends the transaction.
 */
public final class ActingAsReplay {

    private final SubscriberSession session;

    private ActingAsReplay(SubscriberSession session) {
        this.session = session;
    }

    /** From now on, in the open transaction of the connection. */
    public static ActingAsReplay on(Connection subscriber, ApplyTarget target) {
        try {
            var session = new SubscriberSession(subscriber);
            session.begin();
            var table = new TargetTableQuery(subscriber).read(List.of(target)).get(target.sourceTable());
            session.actFor(table);
            session.defer(table);
            return new ActingAsReplay(session);
        } catch (SQLException e) {
            throw SqlErrors.failure(e);
        }
    }

    /** Checks the constraints that waited. */
    public void checkConstraints() {
        if (session.isDeferred()) {
            try {
                session.checkConstraints();
            } catch (SQLException e) {
                throw SqlErrors.failure(e);
            }
        }
    }
}
