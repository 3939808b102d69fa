package dev.londiste.replication.source;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.change.ColumnNames;
import dev.londiste.pgq.change.Row;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.pgq.jdbc.SqlErrors;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.SubscriberTable;
import java.sql.Array;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * What the filter and the expressions of one table say about captured rows. The provider evaluates them, in one statement
 * for all rows of a shape: it decides so for copied rows as well, with the same types, functions and collations, of which
 * the subscriber need not have any. A row's values depend on nothing but its captured text. Not thread-safe.
 */
final class Evaluation {

    private static final String EVALUATE = """
            select is_wanted, results from londiste.evaluate_rows(?, ?, ?, ?, ?, ?)
            """;

    private static final String NULLS_IN_ARRAYS = """
            set local array_nulls = on
            """;

    private final Job job;
    private final SubscriberTable table;
    private final List<String> expressions;
    private final IdentityHashMap<Row, Verdict> verdicts = new IdentityHashMap<>();

    Evaluation(Job job, SubscriberTable table) {
        this.job = job;
        this.table = table;
        this.expressions = List.copyOf(table.attributes().expressions().keySet());
    }

    /** Columns that have an expression, in the order of {@link Verdict#results}. */
    List<String> expressions() {
        return expressions;
    }

    Verdict of(Row row) {
        return verdicts.get(row);
    }

    /** Learns the verdicts on these rows, and forgets all others. */
    void learn(List<Row> rows) {
        verdicts.clear();
        if (table.attributes().rowFilter() == null && expressions.isEmpty()) {
            rows.forEach(row -> verdicts.put(row, Verdict.WHOLE));
            return;
        }
        var byShape = new LinkedHashMap<ColumnNames, List<Row>>();
        rows.forEach(row -> byShape.computeIfAbsent(row.columns(), shape -> new ArrayList<>())
                .add(row));
        new Jdbc(job.provider()).inTransaction(session -> {
            session.execute(NULLS_IN_ARRAYS);
            byShape.forEach((shape, same) -> learn(session, shape, same));
            return null;
        });
    }

    private void learn(JdbcSession session, ColumnNames shape, List<Row> rows) {
        var found = evaluate(session, shape, rows);
        for (int i = 0; i < rows.size(); i++) {
            verdicts.put(rows.get(i), found.get(i));
        }
    }

    private List<Verdict> evaluate(JdbcSession session, ColumnNames shape, List<Row> rows) {
        try {
            return session.query(
                    EVALUATE,
                    row -> new Verdict(row.getBoolean("is_wanted"), texts(row.getArray("results"))),
                    job.queue(),
                    table.name(),
                    shape.asList().toArray(String[]::new),
                    values(session, shape, rows),
                    table.attributes().rowFilter(),
                    expressions.stream()
                            .map(table.attributes().expressions()::get)
                            .toArray(String[]::new));
        } catch (PgqException e) {
            throw isOfTheTexts(e) ? refused(e) : e;
        }
    }

    /** Neither lost connections nor what a server lacks for the moment: the table would be parked for that. */
    private static boolean isOfTheTexts(PgqException e) {
        return !SqlErrors.isOfTheServer(e.sqlState());
    }

    private PgqException refused(PgqException e) {
        return new PgqException(
                "The row filter or a column expression of table " + table.name()
                        + " cannot be evaluated over captured rows: " + e.getMessage()
                        + "; set another one with SUBSCRIBER_SET",
                job.facts().table(table.name()).sqlState("LD011"),
                e);
    }

    /** Column by column. */
    private static Array values(JdbcSession session, ColumnNames shape, List<Row> rows) {
        var values = new String[shape.size()][rows.size()];
        for (int row = 0; row < rows.size(); row++) {
            for (int column = 0; column < shape.size(); column++) {
                values[column][row] = rows.get(row).value(column);
            }
        }
        try {
            return session.connection().createArrayOf("text", values);
        } catch (SQLException e) {
            throw SqlErrors.failure(e);
        }
    }

    /** Some may be null. */
    private static List<String> texts(Array array) throws SQLException {
        return array == null ? List.of() : Arrays.asList((String[]) array.getArray());
    }

    /**
     * What is to become of one row.
     *
     * @param wanted whether it satisfies the filter
     * @param results the texts of the expressions
     */
    record Verdict(boolean wanted, List<String> results) {
        static final Verdict WHOLE = new Verdict(true, List.of());
    }
}
