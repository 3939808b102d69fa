package dev.londiste.examples.benchmark.report;

/** What is measured: {@code replay, seq} in {@code changes/s}, for instance. */
public record Quantity(String name, String unit, Better better) {

    public static Quantity larger(String name, String unit) {
        return new Quantity(name, unit, Better.LARGER);
    }

    public static Quantity smaller(String name, String unit) {
        return new Quantity(name, unit, Better.SMALLER);
    }
}
