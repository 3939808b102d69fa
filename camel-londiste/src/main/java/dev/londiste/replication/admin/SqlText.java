package dev.londiste.replication.admin;

import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Statements for psql. Stateless. */
final class SqlText {

    private SqlText() {}

    /**
     * A statement in one line, with its parameters as literals.
     *
     * @param sql with {@code ?} for each parameter and nowhere else
     */
    static String of(String sql, Object... parameters) {
        var values = Arrays.asList(parameters).iterator();
        return sql.strip()
                        .replaceAll("\\s*\\n\\s*", " ")
                        .chars()
                        .mapToObj(c -> c == '?' ? literal(values.next()) : Character.toString(c))
                        .collect(Collectors.joining())
                + ";";
    }

    private static String literal(Object value) {
        if (value == null || value instanceof Number || value instanceof Boolean) {
            return String.valueOf(value);
        }
        if (value instanceof String[] texts) {
            return Arrays.stream(texts).map(SqlText::literal).collect(Collectors.joining(", ", "array[", "]::text[]"));
        }
        var text = "'" + value.toString().replace("'", "''") + "'";
        return value instanceof Instant ? text + "::timestamptz" : text;
    }
}
