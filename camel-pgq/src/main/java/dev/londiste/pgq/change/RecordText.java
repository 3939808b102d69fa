package dev.londiste.pgq.change;

import java.util.ArrayList;
import java.util.List;

/**
 * The fields of a record in PostgreSQL's own text form, {@code (1,"a ""b""",,"{1,2}")}: a missing field is NULL, an
 * empty string is quoted. Errors name the position only.
 */
final class RecordText {

    private final String text;
    private int at;

    private RecordText(String text) {
        this.text = text;
    }

    static List<String> fields(String text) {
        var record = new RecordText(text);
        var fields = record.next();
        record.end();
        return fields;
    }

    /** The fields of two records, one behind the other. */
    static List<List<String>> pair(String text) {
        var records = new RecordText(text);
        var first = records.next();
        var second = records.next();
        records.end();
        return List.of(first, second);
    }

    private List<String> next() {
        var fields = new ArrayList<String>();
        expect('(');
        do {
            fields.add(field());
        } while (read() == ',');
        at--;
        expect(')');
        return fields;
    }

    private void end() {
        if (at < text.length()) {
            throw error();
        }
    }

    private String field() {
        char first = peek();
        if (first == ',' || first == ')') {
            return null;
        }
        return first == '"' ? quoted() : plain();
    }

    /** record_out quotes every field that has a quote, a backslash, a comma, a parenthesis or a space in it. */
    private String plain() {
        int from = at;
        while (peek() != ',' && peek() != ')') {
            at++;
        }
        return text.substring(from, at);
    }

    private String quoted() {
        at++;
        int end = text.indexOf('"', at);
        int backslash = text.indexOf('\\', at);
        if (end > 0 && (backslash < 0 || backslash > end) && end + 1 < text.length() && text.charAt(end + 1) != '"') {
            var simple = text.substring(at, end);
            at = end + 1;
            return simple;
        }
        return doubled();
    }

    private String doubled() {
        var result = new StringBuilder();
        while (true) {
            char c = read();
            if (c == '\\') {
                result.append(read());
            } else if (c != '"') {
                result.append(c);
            } else if (peek() == '"') {
                result.append(read());
            } else {
                return result.toString();
            }
        }
    }

    private void expect(char wanted) {
        if (read() != wanted) {
            throw error();
        }
    }

    private char read() {
        char c = peek();
        at++;
        return c;
    }

    private char peek() {
        if (at >= text.length()) {
            throw error();
        }
        return text.charAt(at);
    }

    private IllegalArgumentException error() {
        return new IllegalArgumentException("not the text of a record at position " + at);
    }
}
