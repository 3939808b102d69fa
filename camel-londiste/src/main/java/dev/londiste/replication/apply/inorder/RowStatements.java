package dev.londiste.replication.apply.inorder;

import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.change.Change.Operation;
import dev.londiste.replication.apply.target.RowMapping;
import dev.londiste.replication.apply.target.RowMappings;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The statements of changes, one for each shape that they have had. Not thread-safe. */
final class RowStatements {

    private final RowMappings mappings;
    private final Map<RowMapping, OfShape> known = new HashMap<>();

    RowStatements(RowMappings mappings) {
        this.mappings = mappings;
    }

    RowStatement of(Change change) {
        var mapping = mappings.of(change);
        var shape = ofShape(mapping);
        return change.operation() == Operation.UPDATE && change.oldKey() != null
                ? shape.withNewKeys(newKeys(mapping, change))
                : shape.keepingTheKey(change.operation());
    }

    private OfShape ofShape(RowMapping mapping) {
        return known.computeIfAbsent(mapping, OfShape::new);
    }

    /** What changes of this shape mostly are; only inserts where no key is known. */
    Stream<RowStatement> usual(RowMapping mapping) {
        var operations = mapping.key().isEmpty()
                ? Stream.of(Operation.INSERT)
                : Stream.of(Operation.INSERT, Operation.UPDATE, Operation.DELETE);
        return operations.map(ofShape(mapping)::keepingTheKey).filter(statement -> !statement.doesNothing());
    }

    private static List<Integer> newKeys(RowMapping mapping, Change change) {
        return IntStream.range(0, mapping.key().size())
                .filter(i -> !mapping.keyBefore(change, i)
                        .equals(change.row().value(mapping.key().get(i).index())))
                .boxed()
                .toList();
    }

    private record OfShape(
            RowMapping mapping, Map<Operation, RowStatement> usual, Map<List<Integer>, RowStatement> updates) {

        OfShape(RowMapping mapping) {
            this(mapping, new EnumMap<>(Operation.class), new HashMap<>());
        }

        RowStatement keepingTheKey(Operation operation) {
            return usual.computeIfAbsent(operation, wanted -> new RowStatement(mapping, wanted, List.of()));
        }

        RowStatement withNewKeys(List<Integer> newKeys) {
            return newKeys.isEmpty()
                    ? keepingTheKey(Operation.UPDATE)
                    : updates.computeIfAbsent(newKeys, wanted -> new RowStatement(mapping, Operation.UPDATE, wanted));
        }
    }
}
