package dev.londiste.replication.apply;

import dev.londiste.pgq.change.Change;
import dev.londiste.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Applies changes to a test database as a replay would: one transaction a call, rolled back on failure. */
final class Subscriber {

    private final TestDatabase database;

    Subscriber(TestDatabase database) {
        this.database = database;
    }

    ApplyStatistics apply(List<Change> changes) {
        try (var connection = database.connect()) {
            return apply(connection, changes);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    ApplyStatistics apply(Change... changes) {
        return apply(List.of(changes));
    }

    static ApplyStatistics apply(Connection connection, List<Change> changes) throws SQLException {
        connection.setAutoCommit(false);
        var applier = new ChangeApplier(connection, targets(changes));
        try {
            changes.forEach(applier::apply);
            applier.flush();
            connection.commit();
            return applier.statistics();
        } catch (RuntimeException e) {
            connection.rollback();
            throw e;
        }
    }

    static ApplyTarget[] targets(List<Change> changes) {
        return changes.stream()
                .map(Change::table)
                .distinct()
                .map(ApplyTarget::of)
                .toArray(ApplyTarget[]::new);
    }
}
