package dev.londiste.pgq.change;

import java.util.Locale;

/** Names, words and literals of SQL, as PostgreSQL quotes them. Errors name the position only: the text is row data. */
final class SqlTokens {

    private final String text;
    private int at;

    SqlTokens(String text) {
        this.text = text;
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

    boolean acceptWord(String word) {
        peek();
        int end = at + word.length();
        boolean found = text.regionMatches(true, at, word, 0, word.length())
                && (end >= text.length() || !isWordPart(text.charAt(end)));
        at = found ? end : at;
        return found;
    }

    void expectWord(String word) {
        if (!acceptWord(word)) {
            throw error(word + " expected");
        }
    }

    void expectEnd() {
        if (peek() != 0) {
            throw error("end expected");
        }
    }

    /** A column's name, quoted or not. */
    String name() {
        if (accept('"')) {
            return quoted('"', false);
        }
        int from = at;
        while (at < text.length() && isWordPart(text.charAt(at))) {
            at++;
        }
        if (at == from) {
            throw error("name expected");
        }
        return text.substring(from, at).toLowerCase(Locale.ROOT);
    }

    /** A literal's value, or null for NULL. */
    String value() {
        if (acceptWord("null")) {
            return null;
        }
        boolean escapes = peek() == 'E' || peek() == 'e';
        at += escapes ? 1 : 0;
        expect('\'');
        return quoted('\'', escapes);
    }

    private String quoted(char quote, boolean escapes) {
        var result = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == quote) {
                if (at >= text.length() || text.charAt(at) != quote) {
                    return result.toString();
                }
                at++;
            } else if (c == '\\' && escapes) {
                c = escaped();
            }
            result.append(c);
        }
        throw error("text ends in a literal");
    }

    /** quote_literal doubles backslashes and writes no other escape; anything else is of unknown meaning. */
    private char escaped() {
        if (at >= text.length() || text.charAt(at) != '\\') {
            throw error("unknown escape");
        }
        return text.charAt(at++);
    }

    private char peek() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : 0;
    }

    private static boolean isWordPart(char c) {
        return c == '_' || c == '$' || Character.isLetterOrDigit(c);
    }

    private IllegalArgumentException error(String what) {
        return new IllegalArgumentException(what + " at position " + at);
    }
}
