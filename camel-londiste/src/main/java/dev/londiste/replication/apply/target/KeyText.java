package dev.londiste.replication.apply.target;

/** How the captured texts of a column tell which of its values are equal. */
public enum KeyText {
    /** Values are equal exactly when their texts are. */
    AS_IT_IS,
    /** A number has as many texts as there are zeros to end its fraction with. */
    NUMERIC,
    /** Blanks at the end mean nothing. */
    BLANK_PADDED,
    /** Only the database knows. */
    UNKNOWN;

    /** What two texts have in common exactly when their values are equal; null when this text does not tell. */
    public String comparable(String text) {
        if (text == null) {
            return null;
        }
        return switch (this) {
            case AS_IT_IS -> text;
            case NUMERIC -> number(text);
            case BLANK_PADDED -> text.substring(0, endWithout(' ', text, text.length()));
            case UNKNOWN -> null;
        };
    }

    /** Only of numbers as the server writes them: what else can be one, such as 1e3, 01 or -0, is rare. */
    private static String number(String text) {
        int length = text.length();
        int from = text.startsWith("-") ? 1 : 0;
        int point = endOfDigits(text, from);
        boolean startsWell = point > from && (text.charAt(from) != '0' || point == from + 1);
        if (!startsWell) {
            return null;
        }
        int end = point;
        if (point < length) {
            if (text.charAt(point) != '.' || point + 1 == length || endOfDigits(text, point + 1) != length) {
                return null;
            }
            end = endWithout('0', text, length);
            end = end == point + 1 ? point : end;
        }
        boolean isMinusZero = from == 1 && end == 2 && text.charAt(1) == '0';
        return isMinusZero ? null : text.substring(0, end);
    }

    private static int endOfDigits(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at;
    }

    private static int endWithout(char last, String text, int end) {
        int at = end;
        while (at > 0 && text.charAt(at - 1) == last) {
            at--;
        }
        return at;
    }
}
