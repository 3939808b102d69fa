package dev.londiste.examples.londiste.output;

/**
 * How far one thing is.
 *
 * @param name of the thing
 * @param fraction done, from 0 to 1
 * @param text after the bar
 */
public record Bar(String name, double fraction, String text) {

    /** A bar of {@code width} characters. */
    String drawn(int width, boolean unicode) {
        int filled = (int) Math.round(Math.max(0, Math.min(1, fraction)) * width);
        return (unicode ? "█" : "#").repeat(filled) + (unicode ? "░" : ".").repeat(width - filled);
    }

    int percent() {
        return (int) (fraction * 100);
    }
}
