package dev.londiste.examples.benchmark.report;

import java.util.List;

/**
 * One contestant in one quantity.
 *
 * @param values one per round
 */
public record Figure(Quantity quantity, String contestant, List<Double> values) {

    public Figure {
        values = List.copyOf(values);
    }

    public double median() {
        var sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** How many times as good as the other one. */
    public double timesAsGoodAs(Figure other) {
        return quantity.better() == Better.LARGER ? median() / other.median() : other.median() / median();
    }
}
