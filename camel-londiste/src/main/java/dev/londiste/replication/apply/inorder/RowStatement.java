package dev.londiste.replication.apply.inorder;

import dev.londiste.pgq.change.Change;
import dev.londiste.replication.apply.ApplyFailure;
import dev.londiste.replication.apply.OnConflict;
import dev.londiste.replication.apply.target.RowMapping;
import dev.londiste.replication.apply.target.RowMapping.Mapped;
import dev.londiste.replication.apply.target.SubscriberSession;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The statement that applies changes of one shape to their rows. The values come in the order in which the statement names
 * them, each through {@code value.apply("type")}, so that the same text serves bound parameters and the variables of a
 * function. Immutable, and itself alone: {@link RowStatements} has one for each shape.
 */
public final class RowStatement {

    private final RowMapping mapping;
    private final Change.Operation operation;
    private final List<Integer> newKeys;
    /** Of each value: its column in the new row, or where less than zero -1 less its place in the key before. */
    private final int[] sources;

    /** {@code newKeys}: positions in the key of the columns that the changes set to something else. */
    RowStatement(RowMapping mapping, Change.Operation operation, List<Integer> newKeys) {
        this.mapping = mapping;
        this.operation = operation;
        this.newKeys = newKeys;
        this.sources = sources().toArray();
    }

    RowMapping mapping() {
        return mapping;
    }

    Change.Operation operation() {
        return operation;
    }

    List<Integer> newKeys() {
        return newKeys;
    }

    /** The statement with its parameters left open. */
    public String text() {
        return sql(type -> "?");
    }

    /** Nothing to set: the row is its key, and the key stayed. */
    public boolean doesNothing() {
        return operation == Change.Operation.UPDATE && set().isEmpty();
    }

    private List<Mapped> set() {
        var set = new ArrayList<>(mapping.assigned());
        newKeys.forEach(i -> set.add(mapping.key().get(i)));
        return set;
    }

    /** The text, given the SQL of the next value by its type. */
    public String sql(UnaryOperator<String> value) {
        var table = mapping.table();
        return switch (operation) {
            case INSERT ->
                "insert into " + table.name() + " (" + names(mapping.written()) + ") overriding system value values ("
                        + values(mapping.written(), value) + ")"
                        + unlessThere();
            case UPDATE ->
                replaces()
                        ? replacement(value)
                        : "update " + table.reference() + " as t set " + assignments(value) + where(value);
            case DELETE -> "delete from " + table.reference() + " as t" + where(value);
            case TRUNCATE -> throw new IllegalArgumentException("TRUNCATE changes no single row");
        };
    }

    /** An identity ALWAYS column takes a value in an insert only: the row with the new key comes in place of the old one. */
    private boolean replaces() {
        return newKeys.stream().anyMatch(i -> mapping.key().get(i).column().identityAlways());
    }

    /** Where the row cannot be replaced without harm. */
    public void requireAllowed(Change change, SubscriberSession session) {
        var table = mapping.table();
        if (replaces() && table.referenced() && !session.actsAsReplica(table)) {
            throw ApplyFailure.generatedKey(change, table.name());
        }
    }

    /** One statement; what only the subscriber has stays. */
    private String replacement(UnaryOperator<String> value) {
        var table = mapping.table();
        var own = mapping.ownColumns().stream()
                .map(column -> ", " + column.quoted())
                .collect(Collectors.joining());
        var kept = mapping.ownColumns().stream()
                .map(column -> ", \"!old\"." + column.quoted())
                .collect(Collectors.joining());
        return "with \"!new\" (" + names(mapping.written()) + ") as (values (" + values(mapping.written(), value)
                + ")), \"!old\" as (delete from " + table.reference() + " as t" + where(mapping.key(), value)
                + " returning t.*) insert into " + table.name() + " (" + names(mapping.written()) + own
                + ") overriding system value select \"!new\".*" + kept + " from \"!old\", \"!new\"";
    }

    private String unlessThere() {
        boolean mayBe =
                mapping.onConflict() != OnConflict.STOP && !mapping.key().isEmpty();
        return mayBe ? new NewRow(mapping).onConflictDoNothing() : "";
    }

    private static String names(List<Mapped> columns) {
        return columns.stream().map(mapped -> mapped.column().quoted()).collect(Collectors.joining(", "));
    }

    private static String values(List<Mapped> columns, UnaryOperator<String> value) {
        return columns.stream()
                .map(mapped -> value.apply(mapped.column().type()))
                .collect(Collectors.joining(", "));
    }

    private String assignments(UnaryOperator<String> value) {
        return set().stream()
                .map(mapped -> mapped.column().quoted() + " = "
                        + value.apply(mapped.column().type()))
                .collect(Collectors.joining(", "));
    }

    private String where(UnaryOperator<String> value) {
        var conditions = new ArrayList<Mapped>(mapping.key());
        if (operation == Change.Operation.UPDATE) {
            conditions.addAll(mapping.guards());
        }
        return where(conditions, value);
    }

    private static String where(List<Mapped> conditions, UnaryOperator<String> value) {
        return conditions.stream()
                .map(mapped -> "t." + mapped.column().quoted() + " "
                        + mapped.column().equals() + " "
                        + value.apply(mapped.column().type()))
                .collect(Collectors.joining(" and ", " where ", ""));
    }

    /** How many values it takes. */
    public int width() {
        return sources.length;
    }

    /** Its value at this position, of a change; null is SQL's NULL. */
    public String value(Change change, int position) {
        int source = sources[position];
        return source < 0
                ? mapping.keyBefore(change, -1 - source)
                : change.row().value(source);
    }

    private IntStream sources() {
        var before = IntStream.range(0, mapping.key().size()).map(i -> -1 - i);
        return switch (operation) {
            case INSERT -> ofNewRow(mapping.written());
            case UPDATE ->
                Stream.of(
                                ofNewRow(replaces() ? mapping.written() : set()),
                                before,
                                ofNewRow(replaces() ? List.of() : mapping.guards()))
                        .flatMapToInt(part -> part);
            case DELETE -> before;
            case TRUNCATE -> throw new IllegalArgumentException("TRUNCATE changes no single row");
        };
    }

    private static IntStream ofNewRow(List<Mapped> columns) {
        return columns.stream().mapToInt(Mapped::index);
    }

    /** For {@link NewRow} beside this statement in a function: where the loop has the values of the new row. */
    public String valueInLoop(Mapped mapped) {
        return "r.c" + position(mapped) + "::" + mapped.column().type();
    }

    private int position(Mapped mapped) {
        return operation == Change.Operation.INSERT ? mapping.written().indexOf(mapped) : order().indexOf(mapped);
    }

    /** The values of an update as it names them. */
    private List<Mapped> order() {
        var order = new ArrayList<>(replaces() ? mapping.written() : set());
        order.addAll(mapping.key());
        if (!replaces()) {
            order.addAll(mapping.guards());
        }
        return order;
    }
}
