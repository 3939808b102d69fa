package dev.londiste.replication.apply;

import dev.londiste.pgq.change.Change;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.postgresql.util.PSQLException;

/** Applies changes strictly in order by one call for all of them: five times as fast as a statement each. */
final class FunctionInOrder {

    /** PostgreSQL's limit, less the array of steps. */
    private static final int MAX_WIDTH = 99;

    private static final String EXISTS = """
            select exists (select from pg_catalog.pg_proc
                where proname = ? and pronamespace = pg_catalog.pg_my_temp_schema())
            """;

    private final Connection connection;
    private final SubscriberSession session;
    private final RowMappings mappings;

    FunctionInOrder(Connection connection, SubscriberSession session, RowMappings mappings) {
        this.connection = connection;
        this.session = session;
        this.mappings = mappings;
    }

    /** Answers false when these changes are too wide for a function; nothing is done then. */
    boolean apply(List<Change> changes, Counts counts) throws SQLException {
        var steps = new LinkedHashMap<RowStatement, Integer>();
        var rows = new ArrayList<Step>(changes.size());
        for (var change : changes) {
            add(change, steps, rows);
            counts.count(change.operation(), 1);
        }
        if (rows.isEmpty()) {
            return true;
        }
        var function = function(steps);
        if (function.width() > MAX_WIDTH) {
            return false;
        }
        create(function);
        var found = call(function, rows);
        counts.missingDelete(found[0]);
        counts.conflict(found[1]);
        return true;
    }

    private record Step(Change change, int number, List<String> values) {}

    private void add(Change change, Map<RowStatement, Integer> steps, List<Step> rows) {
        var statement = RowStatement.of(mappings.of(change), change);
        if (!statement.doesNothing()) {
            var number = steps.computeIfAbsent(statement, ignored -> steps.size());
            rows.add(new Step(change, number, statement.values(change)));
        }
    }

    private InOrderFunction function(Map<RowStatement, Integer> steps) throws SQLException {
        var statements = List.copyOf(steps.keySet());
        int width = statements.stream().mapToInt(RowStatement::width).max().orElseThrow();
        boolean switchesRole = statements.stream()
                        .map(step -> step.mapping().table().appliesAsReplica())
                        .distinct()
                        .count()
                > 1;
        if (!switchesRole) {
            session.actFor(statements.get(0).mapping().table());
        }
        return new InOrderFunction(statements, width, switchesRole && session.mayChooseRole());
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

    private Long[] call(InOrderFunction function, List<Step> rows) throws SQLException {
        try (var call = connection.prepareStatement(function.call())) {
            bind(call, rows, function.width());
            try (var result = call.executeQuery()) {
                result.next();
                return (Long[]) result.getArray(1).getArray();
            }
        } catch (SQLException e) {
            throw failure(e, rows);
        } finally {
            if (function.switchesRole()) {
                session.forgetRole();
            }
        }
    }

    private static void bind(PreparedStatement call, List<Step> rows, int width) throws SQLException {
        var numbers = new ArrayLiteral(rows.size());
        rows.forEach(row -> numbers.add(Integer.toString(row.number())));
        call.setObject(1, numbers.toString(), Types.OTHER);
        for (int column : IntStream.range(0, width).toArray()) {
            var values = new ArrayLiteral(rows.size());
            rows.forEach(row ->
                    values.add(column < row.values().size() ? row.values().get(column) : null));
            call.setObject(column + 2, values.toString(), Types.OTHER);
        }
    }

    private static RuntimeException failure(SQLException e, List<Step> rows) throws SQLException {
        var change = change(e, rows);
        return InOrderFunction.ROW_COUNT.equals(e.getSQLState())
                ? ApplyFailure.rowCount(change, Long.parseLong(message(e)))
                : ApplyFailure.of(change, e, message(e));
    }

    /** The change that the function names; what failed elsewhere is no change's fault. */
    private static Change change(SQLException e, List<Step> rows) throws SQLException {
        if (e instanceof PSQLException fromServer && fromServer.getServerErrorMessage() != null) {
            var hint = fromServer.getServerErrorMessage().getHint();
            if (hint != null && hint.startsWith(InOrderFunction.AT_ROW)) {
                return rows.get(Integer.parseInt(hint.substring(InOrderFunction.AT_ROW.length())) - 1)
                        .change();
            }
        }
        throw e;
    }

    private static String message(SQLException e) {
        return ((PSQLException) e).getServerErrorMessage().getMessage();
    }
}
