package dev.londiste.replication.apply.inorder;

import dev.londiste.pgq.change.Row;
import dev.londiste.replication.apply.target.RowMapping;
import dev.londiste.replication.apply.target.RowMapping.Mapped;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Statements about the row that a change leaves, when the change itself did not find what it expects. The text of each
 * value is given by its column, so that the same statement serves bound parameters and the variables of a function.
 */
public record NewRow(RowMapping mapping) {

    /** Asks whether the subscriber has exactly this row. Compared as text: json and xml have no equality. */
    public String isThere(Function<Mapped, String> value) {
        var others = Stream.of(mapping.assigned(), mapping.guards())
                .flatMap(List::stream)
                .map(mapped -> "t." + mapped.column().quoted() + "::text is not distinct from " + value.apply(mapped)
                        + "::text");
        return Stream.concat(key(value), others)
                .collect(Collectors.joining(
                        " and ", "select exists (select from " + mapping.table().reference() + " as t where ", ")"));
    }

    /** Inserts it unless its key is there. */
    public String insert(Function<Mapped, String> value) {
        var names = mapping.written().stream().map(mapped -> mapped.column().quoted());
        return "insert into " + mapping.table().name() + " (" + names.collect(Collectors.joining(", "))
                + ") overriding system value values ("
                + mapping.written().stream().map(value).collect(Collectors.joining(", ")) + ")"
                + onConflictDoNothing();
    }

    /** The end of an insert that leaves a row with the same key alone. */
    public String onConflictDoNothing() {
        return mapping.key().stream()
                .map(mapped -> mapped.column().quoted())
                .collect(Collectors.joining(", ", " on conflict (", ") do nothing"));
    }

    /** Asks whether no update can make the row with its key equal to it; null when one can make any. */
    public String isFixed(Function<Mapped, String> value) {
        if (mapping.guards().isEmpty()) {
            return null;
        }
        var differences = mapping.guards().stream()
                .map(mapped -> "t." + mapped.column().quoted() + " is distinct from " + value.apply(mapped))
                .collect(Collectors.joining(" or ", "(", ")"));
        return Stream.concat(Stream.of(differences), key(value))
                .collect(Collectors.joining(
                        " and ", "select exists (select from " + mapping.table().reference() + " as t where ", ")"));
    }

    /** Makes the row with its key equal to it; null when the key is all there is. */
    public String overwrite(Function<Mapped, String> value) {
        if (mapping.assigned().isEmpty()) {
            return null;
        }
        return mapping.assigned().stream()
                        .map(mapped -> mapped.column().quoted() + " = " + value.apply(mapped))
                        .collect(Collectors.joining(
                                ", ", "update " + mapping.table().reference() + " as t set ", ""))
                + key(value).collect(Collectors.joining(" and ", " where ", ""));
    }

    private Stream<String> key(Function<Mapped, String> value) {
        return mapping.key().stream()
                .map(mapped ->
                        "t." + mapped.column().quoted() + " " + mapped.column().equals() + " " + value.apply(mapped));
    }

    /** Collects the values of a row in the order in which a statement asks for them. */
    public static final class Parameters implements Function<Mapped, String> {

        private final Row row;
        private final List<String> values = new ArrayList<>();

        Parameters(Row row) {
            this.row = row;
        }

        @Override
        public String apply(Mapped mapped) {
            values.add(row.value(mapped.index()));
            return "?::" + mapped.column().type();
        }

        List<String> values() {
            return values;
        }
    }
}
