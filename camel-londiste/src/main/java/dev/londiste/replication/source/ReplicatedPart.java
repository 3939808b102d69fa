package dev.londiste.replication.source;

import dev.londiste.pgq.change.Change;
import dev.londiste.replication.apply.ApplyStatistics;
import dev.londiste.replication.apply.ChangeSink;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.SubscriberTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Passes on what is replicated of changes: the rows that satisfy their table's filter, in the columns of its list, with
 * the values of its expressions. Changes wait here, in a bounded number, so that the provider is asked once for many; their
 * order stays, that of tables without attributes included. Not thread-safe.
 */
public final class ReplicatedPart implements ChangeSink {

    private static final int MAX_CHANGES = 2_000;
    private static final int MAX_WEIGHT = 4 << 20;

    private final ChangeSink sink;
    private final Map<String, SourceRows> sources = new HashMap<>();
    private final List<Change> waiting = new ArrayList<>();
    private int weight;

    private ReplicatedPart(ChangeSink sink) {
        this.sink = sink;
    }

    /** In front of the sink, if any of the tables needs it. */
    public static ChangeSink of(Job job, List<SubscriberTable> tables, ChangeSink sink) {
        var part = new ReplicatedPart(sink);
        tables.stream()
                .filter(table -> table.attributes().changesRows())
                .forEach(table -> part.sources.put(table.name(), new SourceRows(job, table)));
        return part.sources.isEmpty() ? sink : part;
    }

    @Override
    public void apply(Change change) {
        if (waiting.isEmpty() && !sources.containsKey(change.table())) {
            sink.apply(change);
            return;
        }
        waiting.add(change);
        weight += Math.min(change.weight(), MAX_WEIGHT);
        if (waiting.size() >= MAX_CHANGES || weight >= MAX_WEIGHT) {
            passOn();
        }
    }

    private void passOn() {
        sources.forEach((table, source) -> source.prepare(
                waiting.stream().filter(change -> change.table().equals(table)).toList()));
        for (var change : waiting) {
            var source = sources.get(change.table());
            if (source == null) {
                sink.apply(change);
            } else {
                source.replicated(change).ifPresent(sink::apply);
            }
        }
        waiting.clear();
        weight = 0;
    }

    @Override
    public void pause() {
        sink.pause();
    }

    @Override
    public void flush() {
        passOn();
        sink.flush();
    }

    @Override
    public ApplyStatistics statistics() {
        return sink.statistics();
    }

    @Override
    public void close() {
        sink.close();
    }
}
