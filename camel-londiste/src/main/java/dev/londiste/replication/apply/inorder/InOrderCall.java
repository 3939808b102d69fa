package dev.londiste.replication.apply.inorder;

import dev.londiste.pgq.change.Change;
import dev.londiste.replication.apply.bulk.ArrayParameter;
import dev.londiste.replication.apply.bulk.BinaryType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Changes strictly in order as one call of a function, ready to be sent. Immutable.
 *
 * @param changes all of them
 * @param rows those that change something; the function counts them from 1
 * @param arrays the parameters: the statement of each row, then the values of each variable of the function
 */
public record InOrderCall(
        List<Change> changes, InOrderFunction function, List<Step> rows, List<ArrayParameter> arrays) {

    /** A change and what applies it. */
    record Step(Change change, RowStatement statement) {}

    /** Empty when there is a value that an array of the function has no room for. */
    static Optional<InOrderCall> of(List<Change> changes, InOrderFunction function, List<Step> rows) {
        var arrays = new ArrayList<ArrayParameter>(1 + function.slots().count());
        var numbers = numbers(function, rows);
        arrays.add(steps(function, numbers));
        for (int i = 0; i < function.slots().count(); i++) {
            var array = ArrayParameter.binary(
                    function.slots().types().get(i),
                    values(rows, numbers, function.slots().positions(i)));
            if (array.isEmpty()) {
                return Optional.empty();
            }
            arrays.add(array.get());
        }
        return Optional.of(new InOrderCall(changes, function, rows, arrays));
    }

    private static int[] numbers(InOrderFunction function, List<Step> rows) {
        var numberOf = new HashMap<RowStatement, Integer>();
        function.steps().forEach(step -> numberOf.put(step, numberOf.size()));
        return rows.stream().mapToInt(row -> numberOf.get(row.statement())).toArray();
    }

    private static ArrayParameter steps(InOrderFunction function, int[] numbers) {
        var texts = IntStream.range(0, function.steps().size())
                .mapToObj(Integer::toString)
                .toList();
        var ofRows = Arrays.stream(numbers).mapToObj(texts::get).toList();
        return ArrayParameter.binary(BinaryType.INT4, ofRows).orElseThrow();
    }

    private static List<String> values(List<Step> rows, int[] numbers, int[] positions) {
        var values = new ArrayList<String>(rows.size());
        for (int i = 0; i < numbers.length; i++) {
            int position = positions[numbers[i]];
            var row = rows.get(i);
            values.add(position < 0 ? null : row.statement().value(row.change(), position));
        }
        return values;
    }
}
