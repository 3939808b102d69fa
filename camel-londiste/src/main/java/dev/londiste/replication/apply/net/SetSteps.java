package dev.londiste.replication.apply.net;

import dev.londiste.pgq.change.Change.Operation;
import dev.londiste.replication.apply.bulk.ArrayParameter;
import dev.londiste.replication.apply.target.RowMapping;
import dev.londiste.replication.apply.target.RowMapping.Mapped;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What brings about net changes, ready to be sent: deletes from the last child up to the parents, then updates and inserts
 * from the parents down. Immutable.
 *
 * @param steps in the order in which they are to be taken
 * @param vacuous updates of rows that consist of their key: there is nothing to set
 */
public record SetSteps(List<Step> steps, int vacuous) {

    /** Below this a prepared INSERT costs less than a COPY. */
    private static final int COPY_FROM = 100;

    /** Changes of one table. */
    public sealed interface Step {

        RowMapping mapping();

        Operation operation();

        /** How many it must change. */
        int rows();
    }

    /** A statement with an array a parameter. */
    public record Statement(RowMapping mapping, Operation operation, int rows, String sql, List<ArrayParameter> arrays)
            implements Step {}

    /** Rows for a COPY, which are written while it runs. */
    public record Copy(RowMapping mapping, List<NetRow> inserts) implements Step {

        @Override
        public Operation operation() {
            return Operation.INSERT;
        }

        @Override
        public int rows() {
            return inserts.size();
        }
    }

    public static SetSteps of(NetChanges changes) {
        var tables = changes.parentsFirst();
        var steps = new ArrayList<Step>();
        int vacuous = 0;
        for (int i = tables.size() - 1; i >= 0; i--) {
            delete(tables.get(i), steps);
        }
        for (var table : tables) {
            if (table.mapping().assigned().isEmpty()) {
                vacuous += table.updates().size();
            } else {
                update(table, steps);
            }
            insert(table, steps);
        }
        return new SetSteps(List.copyOf(steps), vacuous);
    }

    private static void delete(NetTable table, List<Step> steps) {
        var rows = table.deletes();
        if (!rows.isEmpty()) {
            var set = SetStatement.delete(table.mapping());
            var arrays = IntStream.range(0, set.columns().size())
                    .mapToObj(i -> ArrayParameter.of(
                            set.columns().get(i),
                            rows.stream().map(row -> row.key()[i]).toList()))
                    .toList();
            steps.add(new Statement(table.mapping(), Operation.DELETE, rows.size(), set.sql(), arrays));
        }
    }

    private static void update(NetTable table, List<Step> steps) {
        var rows = table.updates();
        var mapping = table.mapping();
        if (!rows.isEmpty()) {
            var sql = SetStatement.update(mapping).sql();
            steps.add(new Statement(mapping, Operation.UPDATE, rows.size(), sql, arrays(rows, mapping.updateOrder())));
        }
    }

    private static void insert(NetTable table, List<Step> steps) {
        var rows = table.inserts();
        var mapping = table.mapping();
        if (rows.size() >= COPY_FROM) {
            steps.add(new Copy(mapping, rows));
        } else if (!rows.isEmpty()) {
            var sql = SetStatement.insert(mapping).sql();
            steps.add(new Statement(mapping, Operation.INSERT, rows.size(), sql, arrays(rows, mapping.written())));
        }
    }

    private static List<ArrayParameter> arrays(List<NetRow> rows, List<Mapped> columns) {
        return columns.stream().map(column -> array(rows, column)).toList();
    }

    private static ArrayParameter array(List<NetRow> rows, Mapped column) {
        var values = new ArrayList<String>(rows.size());
        for (var row : rows) {
            values.add(row.row().value(column.index()));
        }
        return ArrayParameter.of(column.column(), values);
    }
}
