package dev.londiste.examples.londiste.demo;

import java.time.Duration;
import java.util.Properties;

/**
 * What a run of the demo can be told by system properties.
 *
 * @param length how long the workload runs, {@code demo.seconds}
 * @param keep go on until Ctrl-C after the comparison, {@code demo.keep}
 * @param rows how many rows the shop starts with, {@code demo.rows}
 * @param rate transactions of the workload per second, {@code demo.rate}
 * @param spoil change one row behind replication's back before the comparison, {@code demo.spoil}
 */
public record DemoSettings(Duration length, boolean keep, int rows, int rate, boolean spoil) {

    /** The fewest rows with which every table gets some. */
    static final int FEWEST_ROWS = 1_000;

    public DemoSettings {
        if (length.isNegative()) {
            throw new IllegalArgumentException("demo.seconds must not be negative: " + length.toSeconds());
        }
        if (rows < FEWEST_ROWS) {
            throw new IllegalArgumentException("demo.rows must be at least " + FEWEST_ROWS + ": " + rows);
        }
        if (rate < 1) {
            throw new IllegalArgumentException("demo.rate must be at least 1: " + rate);
        }
    }

    /** Reads the properties that are there and takes the documented value for those that are not. */
    public static DemoSettings of(Properties properties) {
        return new DemoSettings(
                Duration.ofSeconds(number(properties, "demo.seconds", 30)),
                Boolean.parseBoolean(properties.getProperty("demo.keep", "false")),
                number(properties, "demo.rows", 200_000),
                number(properties, "demo.rate", 300),
                Boolean.parseBoolean(properties.getProperty("demo.spoil", "false")));
    }

    private static int number(Properties properties, String name, int otherwise) {
        var text = properties.getProperty(name);
        if (text == null) {
            return otherwise;
        }
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " must be a number: " + text, e);
        }
    }
}
