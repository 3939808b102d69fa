package dev.londiste.pgq.change;

import java.util.ArrayList;
import java.util.List;

/**
 * A position in a JSON text. Strings come out unescaped, other values as they stand. Errors name the position only: the text
 * is row data.
 */
final class JsonText {

    private final String text;
    private int at;
    /** The first backslash at or after {@link #at}, or the text's length: most rows have none. */
    private int backslash;

    private final boolean escapes;

    JsonText(String text) {
        this.text = text;
        this.backslash = find('\\', 0);
        this.escapes = backslash < text.length();
    }

    /** Skips exactly this token, which may be null. */
    boolean skip(String token) {
        if (token == null || !text.startsWith(token, at)) {
            return false;
        }
        at += token.length();
        return true;
    }

    boolean accept(char wanted) {
        if (peek() != wanted) {
            return false;
        }
        at++;
        return true;
    }

    void expect(char wanted) {
        if (!accept(wanted)) {
            throw error("'" + wanted + "' expected");
        }
    }

    void expectEnd() {
        skipSpace();
        if (at < text.length()) {
            throw error("end expected");
        }
    }

    /** The next character that is no space. */
    char peek() {
        skipSpace();
        if (at >= text.length()) {
            throw error("text ends too early");
        }
        return text.charAt(at);
    }

    private void skipSpace() {
        while (at < text.length() && text.charAt(at) <= ' ') {
            at++;
        }
    }

    /** Passes the value that begins with this character, here, and says where its text is: a string's without quotes. */
    void place(char first, int[] places, int index) {
        int from = at;
        int quote = 0;
        switch (first) {
            case '"' -> {
                at++;
                skipString();
                quote = 1;
            }
            case '{', '[' -> skipNested();
            case 't' -> skipWord("true");
            case 'f' -> skipWord("false");
            case 'n' -> skipWord("null");
            default -> skipNumber();
        }
        places[index] = from + quote;
        places[index + 1] = first == 'n' ? 0 : at - quote;
    }

    /** Whether there is any: elsewhere a string's text is the string. */
    boolean hasEscapes() {
        return escapes;
    }

    /** The string in this place. */
    String string(int from, int to) {
        if (!escapes || find('\\', from) >= to) {
            return text.substring(from, to);
        }
        at = from;
        return escaped();
    }

    private void skipWord(String word) {
        if (!skip(word)) {
            throw error("value expected");
        }
    }

    private void skipNumber() {
        int from = at;
        while (at < text.length() && isNumberPart(text.charAt(at))) {
            at++;
        }
        if (at == from) {
            throw error("value expected");
        }
    }

    private static boolean isNumberPart(char c) {
        return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
    }

    String string() {
        expect('"');
        int from = at;
        skipString();
        return string(from, at - 1);
    }

    /** An array of strings, and nothing after it. */
    List<String> strings() {
        var strings = new ArrayList<String>();
        expect('[');
        if (!accept(']')) {
            do {
                peek();
                strings.add(string());
            } while (accept(','));
            expect(']');
        }
        expectEnd();
        return List.copyOf(strings);
    }

    private int nextBackslash() {
        if (backslash < at) {
            backslash = find('\\', at);
        }
        return backslash;
    }

    private String escaped() {
        var result = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return result.toString();
            }
            result.append(c == '\\' ? escape() : c);
        }
        throw error("text ends in a string");
    }

    private char escape() {
        if (at >= text.length()) {
            throw error("text ends in an escape");
        }
        return switch (text.charAt(at++)) {
            case '"' -> '"';
            case '\\' -> '\\';
            case '/' -> '/';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw error("unknown escape");
        };
    }

    private char unicode() {
        if (at + 4 > text.length()) {
            throw error("text ends in an escape");
        }
        int code = 0;
        for (int end = at + 4; at < end; at++) {
            int digit = Character.digit(text.charAt(at), 16);
            if (digit < 0) {
                throw error("hexadecimal digit expected");
            }
            code = code * 16 + digit;
        }
        return (char) code;
    }

    /** An object or array, without recursion: its depth is the writer's choice. */
    private void skipNested() {
        int depth = 0;
        do {
            if (at >= text.length()) {
                throw error("text ends in a nested value");
            }
            switch (text.charAt(at++)) {
                case '{', '[' -> depth++;
                case '}', ']' -> depth--;
                case '"' -> skipString();
                default -> {}
            }
        } while (depth > 0);
    }

    /** From behind a quote to behind the next that is not escaped. */
    private void skipString() {
        int end = find('"', at);
        while (nextBackslash() < end) {
            at = backslash + 2;
            end = find('"', at);
        }
        if (end >= text.length()) {
            at = text.length();
            throw error("text ends in a string");
        }
        at = end + 1;
    }

    private int find(char wanted, int from) {
        int found = text.indexOf(wanted, from);
        return found < 0 ? text.length() : found;
    }

    private IllegalArgumentException error(String what) {
        return new IllegalArgumentException(what + " at position " + at);
    }
}
