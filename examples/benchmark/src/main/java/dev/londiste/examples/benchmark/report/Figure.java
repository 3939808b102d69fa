package dev.londiste.examples.benchmark;

import java.util.List;

/**
 * One contestant in one benchmark.
 *
 * @param values one per round
 * @param better whether a larger value is better, for ratios that read "times as good"
 */
record Figure(String benchmark, String contestant, String unit, Better better, List<Double> values) {

    enum Better {
        LARGER,
        SMALLER
    }

    Figure {
        values = List.copyOf(values);
    }

    double median() {
        var sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** How many times as good as the other one. */
    double timesAsGoodAs(Figure other) {
        return better == Better.LARGER ? median() / other.median() : other.median() / median();
    }
}
