package dev.londiste.replication.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The statement that makes one row of the subscriber what the provider's is. It changes nothing when the row is no longer
 * what it was: it tests the old values (C40). Immutable.
 *
 * @param before values of the subscriber's row in the order of the columns; null when there is none
 * @param after values that it should have; null when there should be none
 */
record RowFix(ComparedTable table, List<String> before, List<String> after) {

    /** What is to be done, in an order in which rows make room for others. */
    enum Operation {
        DELETE,
        UPDATE,
        INSERT
    }

    boolean isNeeded() {
        return before == null ? after != null : !before.equals(after);
    }

    Operation operation() {
        if (after == null) {
            return Operation.DELETE;
        }
        return before == null ? Operation.INSERT : Operation.UPDATE;
    }

    /** The same by deleting the row and inserting another, for values that two rows swap. */
    List<RowFix> replaced() {
        return operation() == Operation.UPDATE
                ? List.of(new RowFix(table, before, null), new RowFix(table, null, after))
                : List.of(this);
    }

    /** SQL that anyone can run, with a semicolon. */
    String text() {
        return sql(RowFix::literal) + ";";
    }

    /** In a session with standard_conforming_strings, as the default is. */
    private static String literal(String value) {
        return value == null ? "null" : "'" + value.replace("'", "''") + "'";
    }

    /** The statement, each value through {@code value}, in the order in which it names them. */
    String sql(UnaryOperator<String> value) {
        return switch (operation()) {
            case INSERT -> insert(value);
            case UPDATE -> "update " + table.reference() + " set " + assignments(value) + where(changed(), value);
            case DELETE -> "delete from " + table.reference() + where(all(), value);
        };
    }

    private String insert(UnaryOperator<String> value) {
        var names = table.columns().stream().map(ComparedColumn::quoted).collect(Collectors.joining(", "));
        var values = after.stream().map(value).collect(Collectors.joining(", "));
        return "insert into " + table.quotedTarget() + " (" + names + ") overriding system value values (" + values
                + ")";
    }

    private String assignments(UnaryOperator<String> value) {
        return changed()
                .mapToObj(i -> table.columns().get(i).quoted() + " = " + value.apply(after.get(i)))
                .collect(Collectors.joining(", "));
    }

    private String where(IntStream tested, UnaryOperator<String> value) {
        var conditions = new ArrayList<String>();
        for (int i = 0; i < before.size(); i++) {
            var column = table.columns().get(i);
            if (table.isKey(column)) {
                conditions.add(column.quoted() + " " + column.equalsOperator() + " " + value.apply(before.get(i)));
            }
        }
        tested.filter(i -> !table.isKey(table.columns().get(i)))
                .mapToObj(i -> table.columns().get(i).tested() + " is not distinct from " + value.apply(before.get(i)))
                .forEach(conditions::add);
        return " where " + String.join(" and ", conditions);
    }

    private IntStream all() {
        return IntStream.range(0, before.size());
    }

    private IntStream changed() {
        return all().filter(i -> !java.util.Objects.equals(before.get(i), after.get(i)));
    }
}
