package dev.londiste.examples.benchmark.report;

import java.util.Locale;

/** How figures are written. */
final class Numbers {

    private static final double LARGE = 100;

    private Numbers() {}

    static String text(double value) {
        return String.format(Locale.ROOT, value >= LARGE ? "%,.0f" : "%.2f", value);
    }
}
