package dev.londiste.replication.apply.inorder;

import dev.londiste.pgq.change.Change;
import dev.londiste.replication.apply.bulk.ArrayParameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/**
 * Changes strictly in order as one call of a function, ready to be sent. Immutable.
 *
 * @param changes all of them
 * @param rows those that change something; the function counts them from 1
 * @param arrays the parameters: the statement of each row, then value by value
 */
public record InOrderCall(
        List<Change> changes, InOrderFunction function, List<Step> rows, List<ArrayParameter> arrays) {

    /** A change and what applies it. */
    record Step(Change change, RowStatement statement) {}

    static InOrderCall of(List<Change> changes, InOrderFunction function, List<Step> rows) {
        var arrays = new ArrayList<ArrayParameter>(1 + function.width());
        arrays.add(numbers(function, rows));
        for (int i = 0; i < function.width(); i++) {
            arrays.add(values(rows, i));
        }
        return new InOrderCall(changes, function, rows, arrays);
    }

    private static ArrayParameter numbers(InOrderFunction function, List<Step> rows) {
        var numberOf = new HashMap<RowStatement, String>();
        function.steps().forEach(step -> numberOf.put(step, Integer.toString(numberOf.size())));
        return ArrayParameter.ofNumbers(
                rows.stream().map(row -> numberOf.get(row.statement())).toList());
    }

    private static ArrayParameter values(List<Step> rows, int position) {
        var values = new ArrayList<String>(rows.size());
        for (var row : rows) {
            var statement = row.statement();
            values.add(position < statement.width() ? statement.value(row.change(), position) : null);
        }
        return ArrayParameter.ofTexts(values);
    }
}
