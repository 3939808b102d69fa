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
        return apply(ApplyMode.NET_CHANGES, changes, targets(changes));
    }

    ApplyStatistics apply(ApplyMode mode, List<Change> changes, ApplyTarget... targets) {
        try (var connection = database.connect()) {
            return apply(connection, mode, changes, targets);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    ApplyStatistics apply(Change... changes) {
        return apply(List.of(changes));
    }

    static ApplyStatistics apply(Connection connection, List<Change> changes) throws SQLException {
        return apply(connection, ApplyMode.NET_CHANGES, changes, targets(changes));
    }

    static ApplyStatistics apply(Connection connection, ApplyMode mode, List<Change> changes, ApplyTarget... targets)
            throws SQLException {
        connection.setAutoCommit(false);
        try (var applier = new ChangeApplier(connection, mode, targets)) {
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
