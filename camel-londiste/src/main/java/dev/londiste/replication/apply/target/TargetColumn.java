package dev.londiste.replication.apply.target;

import dev.londiste.pgq.jdbc.Identifiers;
import java.util.Set;

/**
 * A column of a subscriber table.
 *
 * @param type quoted name of its type, domains resolved, without length: so that what is too long is refused by the
 *     assignment and not cut by a cast
 * @param arrayType quoted name of the array type, or null when values cannot be elements of an array literal
 * @param keyText how captured texts tell which values are equal
 * @param equals the operator that decides which row a key names
 */
public record TargetColumn(
        String name,
        String type,
        String arrayType,
        boolean generated,
        boolean identityAlways,
        KeyText keyText,
        String equals) {

    private static final Set<String> TEXT_ARRAYS =
            Set.of(Identifiers.qualified("pg_catalog", "_text"), Identifiers.qualified("pg_catalog", "_varchar"));

    /** The type of an array that brings its values to the server: an array cannot be an element of one, it comes as text. */
    public String sentAs() {
        return arrayType == null ? "pg_catalog._text" : arrayType;
    }

    /** Whether its values are texts, without anything that equal texts may differ in. */
    public boolean isText() {
        return arrayType != null && TEXT_ARRAYS.contains(arrayType);
    }

    public String quoted() {
        return Identifiers.quote(name);
    }
}
