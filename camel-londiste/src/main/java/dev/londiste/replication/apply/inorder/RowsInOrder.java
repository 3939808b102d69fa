package dev.londiste.replication.apply.inorder;

import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.change.Change.Operation;
import dev.londiste.replication.apply.ApplyFailure;
import dev.londiste.replication.apply.Counts;
import dev.londiste.replication.apply.OnConflict;
import dev.londiste.replication.apply.target.RowMapping.Mapped;
import dev.londiste.replication.apply.target.RowMappings;
import dev.londiste.replication.apply.target.SubscriberSession;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Applies changes strictly in order, a statement each: what a handful of changes costs least. */
public final class RowsInOrder {

    private final Connection connection;
    private final SubscriberSession session;
    private final RowStatements statements;

    public RowsInOrder(Connection connection, SubscriberSession session, RowMappings mappings) {
        this.connection = connection;
        this.session = session;
        this.statements = new RowStatements(mappings);
    }

    public void apply(List<Change> changes, Counts counts) throws SQLException {
        var prepared = new HashMap<RowStatement, PreparedStatement>();
        try {
            for (var change : changes) {
                apply(change, prepared, counts);
            }
        } finally {
            close(prepared);
        }
    }

    private void apply(Change change, Map<RowStatement, PreparedStatement> prepared, Counts counts)
            throws SQLException {
        var row = statements.of(change);
        session.actFor(row.mapping().table());
        counts.count(change.operation(), 1);
        if (row.doesNothing()) {
            return;
        }
        row.requireAllowed(change, session);
        try {
            int rows = execute(prepared(row, prepared), row, change);
            check(row, change, rows, counts);
        } catch (SQLException e) {
            throw ApplyFailure.of(change, e);
        }
    }

    private PreparedStatement prepared(RowStatement row, Map<RowStatement, PreparedStatement> statements)
            throws SQLException {
        var statement = statements.get(row);
        if (statement == null) {
            statement = connection.prepareStatement(row.sql(type -> "?::" + type));
            statements.put(row, statement);
        }
        return statement;
    }

    private static int execute(PreparedStatement statement, RowStatement row, Change change) throws SQLException {
        for (int i = 0; i < row.width(); i++) {
            bind(statement, i, row.value(change, i));
        }
        return statement.executeUpdate();
    }

    private static void bind(PreparedStatement statement, List<String> values) throws SQLException {
        for (int i = 0; i < values.size(); i++) {
            bind(statement, i, values.get(i));
        }
    }

    /** Without a type of its own the parameter takes the type of its cast: the value is read as input of it. */
    private static void bind(PreparedStatement statement, int position, String value) throws SQLException {
        statement.setObject(position + 1, value, Types.OTHER);
    }

    private void check(RowStatement row, Change change, int rows, Counts counts) throws SQLException {
        if (rows == 1 || row.mapping().table().firing().rules()) {
            return;
        }
        if (rows == 0 && change.operation() == Operation.DELETE) {
            counts.missingDelete(1);
        } else if (rows != 0 || !isAppliedByCascade(row, change)) {
            resolve(row, change, rows, counts);
        }
    }

    /** A foreign key of the subscriber may have changed the key already, with its ON UPDATE action (C29). */
    private boolean isAppliedByCascade(RowStatement row, Change change) throws SQLException {
        if (row.newKeys().isEmpty()) {
            return false;
        }
        return ask(new NewRow(row.mapping())::isThere, change);
    }

    private void resolve(RowStatement row, Change change, int rows, Counts counts) throws SQLException {
        if (rows > 1 || row.mapping().onConflict() == OnConflict.STOP) {
            throw ApplyFailure.rowCount(change, rows);
        }
        counts.conflict(1);
        if (row.mapping().onConflict() == OnConflict.OVERWRITE) {
            var after = new NewRow(row.mapping());
            if (change.operation() == Operation.INSERT || run(after::insert, change) == 0) {
                overwrite(after, change);
            }
        }
    }

    private void overwrite(NewRow after, Change change) throws SQLException {
        if (ask(after::isFixed, change)) {
            throw ApplyFailure.fixedColumn(change, after.mapping());
        }
        run(after::overwrite, change);
    }

    private boolean ask(Function<Function<Mapped, String>, String> text, Change change) throws SQLException {
        var parameters = new NewRow.Parameters(change.row());
        var sql = text.apply(parameters);
        if (sql == null) {
            return false;
        }
        try (var query = connection.prepareStatement(sql)) {
            bind(query, parameters.values());
            try (var result = query.executeQuery()) {
                return result.next() && result.getBoolean(1);
            }
        }
    }

    private int run(Function<Function<Mapped, String>, String> text, Change change) throws SQLException {
        var parameters = new NewRow.Parameters(change.row());
        var sql = text.apply(parameters);
        if (sql == null) {
            return 0;
        }
        try (var statement = connection.prepareStatement(sql)) {
            bind(statement, parameters.values());
            return statement.executeUpdate();
        }
    }

    private static void close(Map<RowStatement, PreparedStatement> prepared) throws SQLException {
        for (var statement : prepared.values()) {
            statement.close();
        }
    }
}
