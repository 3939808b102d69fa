package dev.londiste.replication.apply.bulk;

/** A numeric as the server sends it: groups of four decimal digits on both sides of the point. */
final class BinaryNumeric {

    private static final int GROUP = 4;
    private static final int NEGATIVE = 0x4000;
    /** More are rare. */
    private static final int MOST_CHARS = 1000;

    private static final int[] POWERS = {1, 10, 100, 1000};

    private BinaryNumeric() {}

    /** Digits with a point perhaps among them; false for anything else, such as NaN and exponents. */
    static boolean put(String value, RowBuffer buffer) {
        boolean negative = !value.isEmpty() && value.charAt(0) == '-';
        int start = negative ? 1 : 0;
        int end = value.length();
        int found = value.indexOf('.', start);
        int point = found < 0 ? end : found;
        int scale = found < 0 ? 0 : end - point - 1;
        int whole = point - start;
        if (whole < 1 || end > MOST_CHARS) {
            return false;
        }
        int wholeGroups = groups(whole);
        buffer.int2(wholeGroups + groups(scale));
        buffer.int2(wholeGroups - 1);
        buffer.int2(negative ? NEGATIVE : 0);
        buffer.int2(scale);
        int first = whole - (wholeGroups - 1) * GROUP;
        return putGroup(value, start, first, 1, buffer)
                && putGroups(value, start + first, point, buffer)
                && putGroups(value, point + 1, end, buffer);
    }

    private static int groups(int digits) {
        return (digits + GROUP - 1) / GROUP;
    }

    /** The last group of a fraction may have fewer digits: they are its first. */
    private static boolean putGroups(String value, int from, int to, RowBuffer buffer) {
        for (int at = from; at < to; at += GROUP) {
            int count = Math.min(GROUP, to - at);
            if (!putGroup(value, at, count, POWERS[GROUP - count], buffer)) {
                return false;
            }
        }
        return true;
    }

    private static boolean putGroup(String value, int from, int count, int factor, RowBuffer buffer) {
        long group = Digits.at(value, from, count);
        buffer.int2((int) group * factor);
        return group != Digits.NONE;
    }
}
