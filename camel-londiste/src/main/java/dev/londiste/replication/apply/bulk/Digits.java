package dev.londiste.replication.apply.bulk;

/** Numbers out of texts. */
final class Digits {

    /** No number: it is greater than any of as many digits as are read. */
    static final long NONE = Long.MAX_VALUE;

    private static final int MOST = 18;

    private Digits() {}

    /** A whole number with as many digits as fit for certain, a minus perhaps before them; else {@link #NONE}. */
    static long whole(String text) {
        boolean negative = !text.isEmpty() && text.charAt(0) == '-';
        int from = negative ? 1 : 0;
        int count = text.length() - from;
        if (count < 1 || count > MOST) {
            return NONE;
        }
        long value = at(text, from, count);
        return negative && value != NONE ? -value : value;
    }

    /** The number that so many digits are; {@link #NONE} when something else is among them, or the text ends before. */
    static long at(String text, int from, int count) {
        if (from + count > text.length()) {
            return NONE;
        }
        long value = 0;
        for (int i = from; i < from + count; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return NONE;
            }
            value = value * 10 + digit;
        }
        return value;
    }
}
