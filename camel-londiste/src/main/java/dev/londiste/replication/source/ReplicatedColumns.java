package dev.londiste.replication.source;

import dev.londiste.pgq.change.ColumnNames;
import dev.londiste.pgq.change.Row;
import dev.londiste.replication.sync.TableAttributes;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Captured rows of one shape cut down to their replicated columns. A column without an expression keeps its captured text,
 * byte for byte. Immutable.
 */
final class ReplicatedColumns {

    private final ColumnNames captured;
    private final int[] kept;
    private final ColumnNames names;

    ReplicatedColumns(ColumnNames captured, TableAttributes attributes) {
        this.captured = captured;
        this.kept = IntStream.range(0, captured.size())
                .filter(i -> attributes.carries(captured.name(i)))
                .toArray();
        this.names = ColumnNames.of(IntStream.of(kept).mapToObj(captured::name).toArray(String[]::new));
    }

    boolean fits(Row row) {
        return captured.equals(row.columns());
    }

    /** The values of {@code expressions} are in {@code results}. */
    Row of(Row row, List<String> expressions, List<String> results) {
        var values = new String[kept.length];
        for (int i = 0; i < kept.length; i++) {
            int expression = expressions.indexOf(names.name(i));
            values[i] = expression < 0 ? row.value(kept[i]) : results.get(expression);
        }
        return Row.of(names, values);
    }
}
