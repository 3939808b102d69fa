package dev.londiste.replication.apply.inorder;

import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.jdbc.SqlErrors;
import dev.londiste.replication.apply.ApplyFailure;
import dev.londiste.replication.apply.Counts;
import dev.londiste.replication.apply.target.ArrayLiteral;
import dev.londiste.replication.apply.target.RowMappings;
import dev.londiste.replication.apply.target.SubscriberSession;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.util.PSQLException;

/** Applies changes strictly in order by one call for all of them: five times as fast as a statement each. */
public final class FunctionInOrder {

    /** PostgreSQL's limit, less the array of steps. */
    private static final int MAX_WIDTH = 99;
    /** Partial rows can have any combination of columns; a function for each costs more than it gains. */
    private static final int MAX_STEPS = 120;

    private static final String EXISTS = """
            select exists (select from pg_catalog.pg_proc
                where proname = ? and pronamespace = pg_catalog.pg_my_temp_schema())
            """;

    private final Connection connection;
    private final SubscriberSession session;
    private final RowMappings mappings;

    public FunctionInOrder(Connection connection, SubscriberSession session, RowMappings mappings) {
        this.connection = connection;
        this.session = session;
        this.mappings = mappings;
    }

    /** Answers false when these changes are too wide for a function, or too different; nothing is done then. */
    public boolean apply(List<Change> changes, Counts counts) throws SQLException {
        var rows = new ArrayList<Step>(changes.size());
        for (var change : changes) {
            counts.count(change.operation(), 1);
            var statement = RowStatement.of(mappings.of(change), change);
            statement.requireAllowed(change, session);
            if (!statement.doesNothing()) {
                rows.add(new Step(change, statement));
            }
        }
        if (rows.isEmpty()) {
            return true;
        }
        var function = function(steps(rows));
        if (function.width() > MAX_WIDTH || function.steps().size() > MAX_STEPS) {
            return false;
        }
        create(function);
        var found = call(function, rows);
        counts.missingDelete(found[0]);
        counts.conflict(found[1]);
        return true;
    }

    private record Step(Change change, RowStatement statement) {}

    /**
     * The statements of a function for these rows, in an order of their own. A table has the usual three, whether they
     * occur or not: few functions serve all chunks of a session then.
     */
    private static List<RowStatement> steps(List<Step> rows) {
        var statements = new HashSet<RowStatement>();
        rows.forEach(row -> statements.add(row.statement()));
        var mappings = statements.stream().map(RowStatement::mapping).collect(Collectors.toSet());
        mappings.forEach(mapping -> statements.addAll(RowStatement.usual(mapping)));
        return statements.stream()
                .sorted(Comparator.comparing(RowStatement::text))
                .toList();
    }

    private InOrderFunction function(List<RowStatement> statements) throws SQLException {
        int width = statements.stream().mapToInt(RowStatement::width).max().orElse(0);
        boolean switchesRole = statements.stream()
                        .map(step -> step.mapping().table().appliesAsReplica())
                        .distinct()
                        .count()
                > 1;
        if (!switchesRole && !statements.isEmpty()) {
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
            bind(call, rows, function);
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

    private static void bind(PreparedStatement call, List<Step> rows, InOrderFunction function) throws SQLException {
        var numberOf = new HashMap<RowStatement, String>();
        function.steps().forEach(step -> numberOf.put(step, Integer.toString(numberOf.size())));
        var numbers = new ArrayLiteral(rows.size());
        var columns = Stream.generate(() -> new ArrayLiteral(rows.size()))
                .limit(function.width())
                .toList();
        for (var row : rows) {
            numbers.add(numberOf.get(row.statement()));
            var values = row.statement().values(row.change());
            for (int i = 0; i < columns.size(); i++) {
                columns.get(i).add(i < values.size() ? values.get(i) : null);
            }
        }
        call.setObject(1, numbers.toString(), Types.OTHER);
        for (int i = 0; i < columns.size(); i++) {
            call.setObject(i + 2, columns.get(i).toString(), Types.OTHER);
        }
    }

    private static RuntimeException failure(SQLException e, List<Step> rows) throws SQLException {
        var change = change(e, rows);
        return InOrderFunction.ROW_COUNT.equals(e.getSQLState())
                ? ApplyFailure.rowCount(change, Long.parseLong(SqlErrors.message(e)))
                : ApplyFailure.of(change, e, SqlErrors.message(e));
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
}
