package dev.londiste.replication.apply.target;

import dev.londiste.pgq.jdbc.Identifiers;

/**
 * A column of a subscriber table.
 *
 * @param type quoted name of its type, domains resolved, without length: so that what is too long is refused by the
 *     assignment and not cut by a cast
 * @param arrayType quoted name of the array type, or null when values cannot be elements of an array literal
 * @param equalAsText whether two values are equal exactly when their captured texts are
 * @param equals the operator that decides which row a key names
 */
public record TargetColumn(
        String name,
        String type,
        String arrayType,
        boolean generated,
        boolean identityAlways,
        boolean equalAsText,
        String equals) {

    public String quoted() {
        return Identifiers.quote(name);
    }
}
