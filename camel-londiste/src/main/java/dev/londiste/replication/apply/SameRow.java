package dev.londiste.replication.apply;

import dev.londiste.pgq.change.Change;
import dev.londiste.replication.apply.RowMapping.Mapped;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Asks whether the subscriber has exactly the new row of a change. Compared as text: json and xml have no equality. */
record SameRow(RowMapping mapping) {

    String sql(UnaryOperator<String> value) {
        var key = mapping.key().stream()
                .map(mapped -> "t." + mapped.column().quoted() + " "
                        + mapped.column().equals() + " "
                        + value.apply(mapped.column().type()));
        var others = compared().stream()
                .map(mapped -> "t." + mapped.column().quoted() + "::text is not distinct from "
                        + value.apply(mapped.column().type()) + "::text");
        return Stream.concat(key, others)
                .collect(Collectors.joining(
                        " and ", "select exists (select from " + mapping.table().reference() + " as t where ", ")"));
    }

    List<String> values(Change change) {
        var values = new ArrayList<String>();
        mapping.key().forEach(mapped -> values.add(change.row().value(mapped.index())));
        compared().forEach(mapped -> values.add(change.row().value(mapped.index())));
        return values;
    }

    private List<Mapped> compared() {
        return Stream.concat(mapping.assigned().stream(), mapping.guards().stream())
                .toList();
    }
}
