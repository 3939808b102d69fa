package dev.londiste.replication.apply.inorder;

import dev.londiste.pgq.jdbc.SqlErrors;
import dev.londiste.replication.apply.ApplyFailure;
import dev.londiste.replication.apply.Counts;
import dev.londiste.replication.apply.target.SubscriberSession;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.util.PSQLException;

/** Applies changes strictly in order by one call for all of them: five times as fast as a statement each. */
public final class FunctionInOrder {

    private static final String EXISTS = """
            select exists (select from pg_catalog.pg_proc
                where proname = ? and pronamespace = pg_catalog.pg_my_temp_schema())
            """;

    private final Connection connection;
    private final SubscriberSession session;

    public FunctionInOrder(Connection connection, SubscriberSession session) {
        this.connection = connection;
        this.session = session;
    }

    public void apply(InOrderCall call, Counts counts) throws SQLException {
        call.changes().forEach(change -> counts.count(change.operation(), 1));
        if (call.rows().isEmpty()) {
            return;
        }
        for (var row : call.rows()) {
            row.statement().requireAllowed(row.change(), session);
        }
        var function = call.function();
        if (!function.switchesRole()) {
            session.actFor(function.steps().stream()
                    .map(step -> step.mapping().table())
                    .toList());
        }
        create(function);
        var found = execute(call);
        counts.missingDelete(found[0]);
        counts.conflict(found[1]);
    }

    private void create(InOrderFunction function) throws SQLException {
        try (var query = connection.prepareStatement(EXISTS)) {
            query.setString(1, function.name());
            try (var result = query.executeQuery()) {
                if (result.next() && result.getBoolean(1)) {
                    return;
                }
            }
        }
        session.execute(function.create());
    }

    private Long[] execute(InOrderCall call) throws SQLException {
        try (var statement = connection.prepareStatement(call.function().call())) {
            for (int i = 0; i < call.arrays().size(); i++) {
                call.arrays().get(i).bind(statement, i + 1);
            }
            try (var result = statement.executeQuery()) {
                result.next();
                return (Long[]) result.getArray(1).getArray();
            }
        } catch (SQLException e) {
            throw failure(e, call);
        } finally {
            if (call.function().switchesRole()) {
                session.forgetRole();
            }
        }
    }

    private static RuntimeException failure(SQLException e, InOrderCall call) throws SQLException {
        var row = row(e, call);
        var change = row.change();
        if (InOrderFunction.FIXED.equals(e.getSQLState())) {
            return ApplyFailure.fixedColumn(change, row.statement().mapping());
        }
        return InOrderFunction.ROW_COUNT.equals(e.getSQLState())
                ? ApplyFailure.rowCount(change, Long.parseLong(SqlErrors.message(e)))
                : ApplyFailure.of(change, e, SqlErrors.message(e));
    }

    /** The row that the function names; what failed elsewhere is no row's fault. */
    private static InOrderCall.Step row(SQLException e, InOrderCall call) throws SQLException {
        if (e instanceof PSQLException fromServer && fromServer.getServerErrorMessage() != null) {
            var hint = fromServer.getServerErrorMessage().getHint();
            if (hint != null && hint.startsWith(InOrderFunction.AT_ROW)) {
                int row = Integer.parseInt(hint.substring(InOrderFunction.AT_ROW.length()));
                return call.rows().get(row - 1);
            }
        }
        throw e;
    }
}
