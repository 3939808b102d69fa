package dev.londiste.replication.apply.bulk;

import java.util.List;

/** Text of a PostgreSQL array, element by element. Not thread-safe. */
final class ArrayLiteral {

    private final StringBuilder text;

    /** The text of an array of these; its size is known beforehand, for growing would copy it again and again. */
    static String of(List<String> elements) {
        int size = 2;
        for (var element : elements) {
            size += element == null ? 5 : element.length() + 3;
        }
        var literal = new ArrayLiteral(new StringBuilder(size).append('{'));
        elements.forEach(literal::add);
        return literal.toString();
    }

    private ArrayLiteral(StringBuilder text) {
        this.text = text;
    }

    private void add(String element) {
        if (text.length() > 1) {
            text.append(',');
        }
        if (element == null) {
            text.append("NULL");
        } else if (isPlain(element)) {
            text.append(element);
        } else {
            quote(element);
        }
    }

    /** Numbers, mostly. Words are quoted, for NULL is one. */
    private static boolean isPlain(String element) {
        int length = element.length();
        if (length == 0 || length > 24) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = element.charAt(i);
            if ((c < '0' || c > '9') && c != '.' && c != '-') {
                return false;
            }
        }
        return true;
    }

    private void quote(String element) {
        // Growing by doubling would hold a large value three times.
        text.ensureCapacity(text.length() + element.length() + 3);
        text.append('"');
        if (element.indexOf('"') < 0 && element.indexOf('\\') < 0) {
            text.append(element);
        } else {
            escape(element);
        }
        text.append('"');
    }

    private void escape(String element) {
        for (int i = 0; i < element.length(); i++) {
            char c = element.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\');
            }
            text.append(c);
        }
    }

    /** The text; nothing can be added after it. */
    @Override
    public String toString() {
        return text.append('}').toString();
    }
}
