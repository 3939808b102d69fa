package dev.londiste.replication.apply.inorder;

import dev.londiste.replication.apply.bulk.BinaryType;
import dev.londiste.replication.apply.target.TargetColumn;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The variables of the loop of an {@link InOrderFunction}, each with a type, and which value of which step each holds. All
 * steps share them. Immutable.
 *
 * @param types of the variables
 * @param ofValues for each step, and each position in it, the variable
 */
record Slots(List<BinaryType> types, List<int[]> ofValues) {

    /** Has the server spared from reading texts, value by value. */
    static Slots typed(List<RowStatement> steps) {
        return of(steps, BinaryType::neverRefused);
    }

    /** For any value: one that the server refuses is refused at its row. */
    static Slots ofTexts(List<RowStatement> steps) {
        return of(steps, column -> BinaryType.TEXT);
    }

    /** The values of a step take the variables of their type in turn. */
    private static Slots of(List<RowStatement> steps, Function<TargetColumn, BinaryType> typeOf) {
        var types = new ArrayList<BinaryType>();
        var known = new EnumMap<BinaryType, List<Integer>>(BinaryType.class);
        var ofValues = new ArrayList<int[]>(steps.size());
        for (var step : steps) {
            var used = new EnumMap<BinaryType, Integer>(BinaryType.class);
            var slots = new int[step.width()];
            for (int i = 0; i < slots.length; i++) {
                var type = typeOf.apply(step.column(i));
                slots[i] = slot(type, used.merge(type, 1, Integer::sum) - 1, known, types);
            }
            ofValues.add(slots);
        }
        return new Slots(List.copyOf(types), ofValues);
    }

    private static int slot(BinaryType type, int nth, Map<BinaryType, List<Integer>> known, List<BinaryType> types) {
        var ofType = known.computeIfAbsent(type, unknown -> new ArrayList<>());
        if (nth == ofType.size()) {
            ofType.add(types.size());
            types.add(type);
        }
        return ofType.get(nth);
    }

    int count() {
        return types.size();
    }

    /** For each step the position of its value in a variable, or -1 where it has none there. */
    int[] positions(int slot) {
        return ofValues.stream().mapToInt(slots -> indexOf(slots, slot)).toArray();
    }

    private static int indexOf(int[] slots, int slot) {
        for (int i = 0; i < slots.length; i++) {
            if (slots[i] == slot) {
                return i;
            }
        }
        return -1;
    }

    /** The SQL of a value in the loop, given the type of its column. */
    String sql(int step, int position, String type) {
        int slot = ofValues.get(step)[position];
        var variable = "r.c" + slot;
        return types.get(slot) == BinaryType.TEXT ? variable + "::" + type : variable;
    }
}
