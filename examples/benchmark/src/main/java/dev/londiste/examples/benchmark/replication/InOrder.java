package dev.londiste.examples.benchmark.replication;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.change.ChangeDecoder;
import dev.londiste.replication.apply.ApplyMode;
import dev.londiste.replication.apply.ApplyTarget;
import dev.londiste.replication.apply.ChangeApplier;
import java.sql.Connection;
import java.util.List;

/** Every change on its own, strictly in order: what this project does where net changes cannot be had. */
public record InOrder(List<String> tables) implements BatchApplier {

    @Override
    public void apply(Connection subscriber, Iterable<Event> events) {
        var targets =
                tables.stream().map(table -> ApplyTarget.of("public." + table)).toArray(ApplyTarget[]::new);
        var decoder = new ChangeDecoder();
        try (var applier = new ChangeApplier(subscriber, ApplyMode.IN_ORDER, targets)) {
            for (var event : events) {
                var change = decoder.decode(event);
                if (change != null) {
                    applier.apply(change);
                }
            }
            applier.flush();
        }
    }
}
