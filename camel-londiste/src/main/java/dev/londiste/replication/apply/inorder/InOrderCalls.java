package dev.londiste.replication.apply.inorder;

import dev.londiste.pgq.change.Change;
import dev.londiste.replication.apply.inorder.InOrderCall.Step;
import dev.londiste.replication.apply.target.RowMappings;
import dev.londiste.replication.apply.target.SubscriberSession;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Makes calls of changes, which needs no database. Not thread-safe. */
public final class InOrderCalls {

    /** Fewer changes cost less as statements of their own than the function that they need. */
    private static final int FROM = 50;
    /** PostgreSQL's limit, less the array of steps. */
    private static final int MAX_WIDTH = 99;
    /** Partial rows can have any combination of columns; a function for each costs more than it gains. */
    private static final int MAX_STEPS = 120;

    private final SubscriberSession session;
    private final RowStatements statements;

    public InOrderCalls(SubscriberSession session, RowMappings mappings) {
        this.session = session;
        this.statements = new RowStatements(mappings);
    }

    /** Empty when these changes are too few, too wide or too different for a function, or none can be created. */
    public Optional<InOrderCall> of(List<Change> changes) {
        if (changes.size() < FROM || !session.mayCreateFunctions()) {
            return Optional.empty();
        }
        var rows = rows(changes);
        var steps = steps(rows);
        if (steps.size() > MAX_STEPS) {
            return Optional.empty();
        }
        boolean switchesRole = session.mayChooseRole() && needsBothRoles(steps);
        return Stream.of(Slots.typed(steps), Slots.ofTexts(steps))
                .filter(slots -> slots.count() <= MAX_WIDTH)
                .map(slots -> new InOrderFunction(steps, slots, switchesRole))
                .flatMap(function -> InOrderCall.of(changes, function, rows).stream())
                .findFirst();
    }

    private List<Step> rows(List<Change> changes) {
        var rows = new ArrayList<Step>(changes.size());
        for (var change : changes) {
            var statement = statements.of(change);
            if (!statement.doesNothing()) {
                rows.add(new Step(change, statement));
            }
        }
        return rows;
    }

    /**
     * The statements of a function for these rows, in an order of their own. A table has the usual three, whether they
     * occur or not: few functions serve all chunks of a session then.
     */
    private List<RowStatement> steps(List<Step> rows) {
        var steps = new HashSet<RowStatement>();
        rows.forEach(row -> steps.add(row.statement()));
        var mappings = steps.stream().map(RowStatement::mapping).distinct().toList();
        mappings.forEach(mapping -> statements.usual(mapping).forEach(steps::add));
        return steps.stream().sorted(Comparator.comparing(RowStatement::text)).toList();
    }

    private static boolean needsBothRoles(List<RowStatement> steps) {
        return steps.stream()
                        .map(step -> step.mapping().table().appliesAsReplica())
                        .distinct()
                        .count()
                > 1;
    }
}
