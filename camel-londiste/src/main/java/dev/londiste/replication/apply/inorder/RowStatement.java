package dev.londiste.replication.apply.inorder;

import dev.londiste.pgq.change.Change;
import dev.londiste.replication.apply.ApplyFailure;
import dev.londiste.replication.apply.OnConflict;
import dev.londiste.replication.apply.target.RowMapping;
import dev.londiste.replication.apply.target.RowMapping.Mapped;
import dev.londiste.replication.apply.target.SubscriberSession;
import dev.londiste.replication.apply.target.TargetColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
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
    private final boolean replaces;
    private final boolean doesNothing;
    /** What its values are of, in their order: columns of the new row, but the key before from {@link #keyFrom} on. */
    private final List<Mapped> order;

    private final int keyFrom;

    /** {@code newKeys}: positions in the key of the columns that the changes set to something else. */
    RowStatement(RowMapping mapping, Change.Operation operation, List<Integer> newKeys) {
        this.mapping = mapping;
        this.operation = operation;
        this.newKeys = newKeys;
        // An identity ALWAYS column takes a value in an insert only: the row with the new key comes in place of the
        // old.
        this.replaces =
                newKeys.stream().anyMatch(i -> mapping.key().get(i).column().identityAlways());
        this.doesNothing = operation == Change.Operation.UPDATE && set().isEmpty();
        var first = written();
        this.keyFrom = first.size();
        this.order = Stream.of(first, operation == Change.Operation.INSERT ? List.<Mapped>of() : found())
                .flatMap(List::stream)
                .toList();
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
        return doesNothing;
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
                replaces
                        ? replacement(value)
                        : "update " + table.reference() + " as t set " + assignments(value) + where(found(), value);
            case DELETE -> "delete from " + table.reference() + " as t" + where(found(), value);
            case TRUNCATE -> throw new IllegalArgumentException("TRUNCATE changes no single row");
        };
    }

    /** Where the row cannot be replaced without harm. */
    public void requireAllowed(Change change, SubscriberSession session) {
        var table = mapping.table();
        if (replaces && table.referenced() && !session.actsAsReplica(table)) {
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

    private static String where(List<Mapped> conditions, UnaryOperator<String> value) {
        return conditions.stream()
                .map(mapped -> "t." + mapped.column().quoted() + " "
                        + mapped.column().equals() + " "
                        + value.apply(mapped.column().type()))
                .collect(Collectors.joining(" and ", " where ", ""));
    }

    /** What it writes. */
    private List<Mapped> written() {
        return switch (operation) {
            case INSERT -> mapping.written();
            case UPDATE -> replaces ? mapping.written() : set();
            case DELETE -> List.of();
            case TRUNCATE -> throw new IllegalArgumentException("TRUNCATE changes no single row");
        };
    }

    /** What the row that it changes is found by: the key before, and what no update can set. */
    private List<Mapped> found() {
        boolean guarded = operation == Change.Operation.UPDATE && !replaces;
        return guarded
                ? Stream.concat(mapping.key().stream(), mapping.guards().stream())
                        .toList()
                : mapping.key();
    }

    /** How many values it takes. */
    public int width() {
        return order.size();
    }

    /** Its value at this position, of a change; null is SQL's NULL. */
    public String value(Change change, int position) {
        int ofKey = position - keyFrom;
        return ofKey >= 0 && ofKey < mapping.key().size()
                ? mapping.keyBefore(change, ofKey)
                : change.row().value(order.get(position).index());
    }

    /** What its value at this position is of. */
    TargetColumn column(int position) {
        return order.get(position).column();
    }

    /** Where it has the value of the new row, for {@link NewRow} beside it in a function. */
    int position(Mapped mapped) {
        return order.indexOf(mapped);
    }
}
