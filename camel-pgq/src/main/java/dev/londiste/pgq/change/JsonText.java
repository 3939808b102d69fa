package dev.londiste.pgq.change;

import java.util.ArrayList;
import java.util.List;

/**
 * A position in a JSON text. Scalars come out unescaped, numbers and nested values as they stand. Errors name the
 * position only: the text is row data.
 */
final class JsonText {

    private final String text;
    private int at;
    /** The first backslash at or after {@link #at}, or the text's length: most rows have none. */
    private int backslash;

    JsonText(String text) {
        this.text = text;
        this.backslash = find('\\', 0);
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

    /** The value that begins with this character, here; null for JSON null. */
    String value(char first) {
        return switch (first) {
            case '"' -> string();
            case '{', '[' -> nested();
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> {
                word("null");
                yield null;
            }
            default -> number();
        };
    }

    private String word(String word) {
        if (!skip(word)) {
            throw error("value expected");
        }
        return word;
    }

    private String number() {
        int from = at;
        while (at < text.length() && isNumberPart(text.charAt(at))) {
            at++;
        }
        if (at == from) {
            throw error("value expected");
        }
        return text.substring(from, at);
    }

    private static boolean isNumberPart(char c) {
        return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
    }

    String string() {
        expect('"');
        int end = find('"', at);
        if (end >= text.length()) {
            throw error("text ends in a string");
        }
        if (end < nextBackslash()) {
            var plain = text.substring(at, end);
            at = end + 1;
            return plain;
        }
        return escaped();
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

    /** An object or array as it stands, without recursion: its depth is the writer's choice. */
    private String nested() {
        int from = at;
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
        return text.substring(from, at);
    }

    private void skipString() {
        while (true) {
            if (at >= text.length()) {
                throw error("text ends in a string");
            }
            char c = text.charAt(at++);
            if (c == '"') {
                return;
            }
            at += c == '\\' ? 1 : 0;
        }
    }

    private int find(char wanted, int from) {
        int found = text.indexOf(wanted, from);
        return found < 0 ? text.length() : found;
    }

    private IllegalArgumentException error(String what) {
        return new IllegalArgumentException(what + " at position " + at);
    }
}
