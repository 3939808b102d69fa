package dev.londiste.pgq.jdbc;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The one place where names become SQL text; values are always bound. */
public final class Identifiers {

    private Identifiers() {}

    /** A quoted identifier, whatever is in it. */
    public static String quote(String name) {
        if (name.isEmpty() || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("Not a name that PostgreSQL accepts: '" + name + "'");
        }
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Quoted parts of a qualified name, joined by dots. */
    public static String qualified(String... parts) {
        return Arrays.stream(parts).map(Identifiers::quote).collect(Collectors.joining("."));
    }
}
