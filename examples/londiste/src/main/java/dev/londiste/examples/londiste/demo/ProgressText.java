package dev.londiste.examples.londiste.demo;

import java.time.Duration;

/** The words and bars of both screens. */
final class ProgressText {

    private ProgressText() {}

    /** A bar of {@code width} characters, filled to the fraction from 0 to 1. */
    static String bar(double fraction, int width, boolean unicode) {
        int filled = (int) Math.round(Math.max(0, Math.min(1, fraction)) * width);
        return (unicode ? "█" : "#").repeat(filled) + (unicode ? "░" : ".").repeat(width - filled);
    }

    /** State and copy of one table. */
    static String describe(TableProgress table) {
        var text = table.state();
        if (table.copying()) {
            text += "  " + copied(table);
        }
        return table.problem() == null ? text : text + "  " + table.problem();
    }

    /** Rows, percent and time left of a copy. */
    static String copied(TableProgress table) {
        var left = table.left() == null ? "" : ", " + seconds(table.left()) + " left";
        return "%,d of %,d rows%s".formatted(table.copied(), table.total(), left);
    }

    /** Speed and lag. */
    static String summary(Progress progress) {
        var replay = progress.replay();
        var text = "%,d transactions  %,d events applied  %,.0f events/s  lag %s"
                .formatted(progress.transactions(), replay.events(), progress.eventsPerSecond(), millis(replay.lag()));
        return replay.error() == null ? text : text + "  " + replay.error();
    }

    static String millis(Duration duration) {
        return "%,d ms".formatted(duration.toMillis());
    }

    private static String seconds(Duration duration) {
        return Math.max(1, duration.toSeconds()) + " s";
    }
}
