package dev.londiste.examples.benchmark.report;

/** Which of two figures is better, for ratios that read "times as good". */
public enum Better {
    LARGER,
    SMALLER
}
