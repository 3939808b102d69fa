package dev.londiste.examples.benchmark.report;

import java.util.Locale;

/**
 * What a contestant is to reach in a quantity.
 *
 * @param against the contestant of which it is to be {@code value} times as good, or null for a figure of its own
 */
public record Goal(String quantity, String contestant, double value, String against) {

    /** So many times as good as another contestant of the same quantity. */
    public static Goal times(String quantity, String contestant, double value, String against) {
        return new Goal(quantity, contestant, value, against);
    }

    /** At least this figure where larger is better, at most this one where smaller is. */
    public static Goal figure(String quantity, String contestant, double value) {
        return new Goal(quantity, contestant, value, null);
    }

    boolean concerns(Figure figure) {
        return figure.quantity().name().equals(quantity) && figure.contestant().equals(contestant);
    }

    boolean isReached(Figure figure, Figure other) {
        if (against != null) {
            return figure.timesAsGoodAs(other) >= value;
        }
        return figure.quantity().better() == Better.LARGER ? figure.median() >= value : figure.median() <= value;
    }

    String text(Figure figure) {
        if (against != null) {
            return String.format(Locale.ROOT, "%.2f x %s", value, against);
        }
        return (figure.quantity().better() == Better.LARGER ? "at least " : "at most ")
                + Numbers.text(value)
                + " "
                + figure.quantity().unit();
    }
}
