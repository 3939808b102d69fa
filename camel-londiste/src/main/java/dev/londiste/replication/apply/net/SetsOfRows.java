package dev.londiste.replication.apply.net;

import dev.londiste.replication.apply.Counts;
import dev.londiste.replication.apply.bulk.BulkInsert;
import dev.londiste.replication.apply.target.SubscriberSession;
import java.sql.Connection;
import java.sql.SQLException;

/** Applies net changes with a few statements. Every row count is compared with what is expected: drift is never passed over. */
public final class SetsOfRows {

    private final Connection connection;
    private final SubscriberSession session;

    public SetsOfRows(Connection connection, SubscriberSession session) {
        this.connection = connection;
        this.session = session;
    }

    /** Answers false when a row count differs; what was done is to be rolled back then. */
    public boolean apply(SetSteps changes, Counts counts) throws SQLException {
        for (var step : changes.steps()) {
            session.actFor(step.mapping().table());
            if (apply(step) != step.rows()) {
                return false;
            }
            counts.count(step.operation(), step.rows());
        }
        counts.update(changes.vacuous());
        return true;
    }

    private long apply(SetSteps.Step step) throws SQLException {
        return step instanceof SetSteps.Copy copy ? copy(copy) : execute((SetSteps.Statement) step);
    }

    private long execute(SetSteps.Statement step) throws SQLException {
        try (var statement = connection.prepareStatement(step.sql())) {
            for (int i = 0; i < step.arrays().size(); i++) {
                step.arrays().get(i).bind(statement, i + 1);
            }
            return statement.executeUpdate();
        }
    }

    private long copy(SetSteps.Copy step) throws SQLException {
        var rows = step.inserts().stream().map(NetRow::row).iterator();
        return new BulkInsert(connection, step.mapping()).insert(rows);
    }
}
