package dev.londiste.pgq.jdbc;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The one place where names become SQL text, and values where none can be bound. */
public final class Identifiers {

    private Identifiers() {}

    /** A quoted identifier, whatever is in it. */
    public static String quote(String name) {
        if (name.isEmpty() || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("Not a name that PostgreSQL accepts: '" + name + "'");
        }
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** A text constant, however the session reads backslashes. */
    public static String literal(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("Not a text that PostgreSQL accepts: '" + text + "'");
        }
        return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    /** Quoted parts of a qualified name, joined by dots. */
    public static String qualified(String... parts) {
        return Arrays.stream(parts).map(Identifiers::quote).collect(Collectors.joining("."));
    }
}
