package dev.londiste.examples.benchmark.micro;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.change.ChangeDecoder;
import dev.londiste.replication.apply.OnConflict;
import dev.londiste.replication.apply.net.NetTable;
import dev.londiste.replication.apply.target.KeyText;
import dev.londiste.replication.apply.target.RowMapping;
import dev.londiste.replication.apply.target.TargetColumn;
import dev.londiste.replication.apply.target.TargetTable;
import dev.londiste.replication.apply.target.TargetTable.Firing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/** Changes and the subscriber's table that they go to, as its catalog would describe it. */
final class TargetOfBenchmark {

    private TargetOfBenchmark() {}

    static List<Change> changes(List<Event> events) {
        var decoder = new ChangeDecoder();
        return events.stream().map(decoder::decode).toList();
    }

    static NetTable net(List<Change> changes) {
        var mapping = mapping(changes.get(0));
        var net = new NetTable(mapping);
        for (var change : changes) {
            if (!mapping.fits(change) || !net.add(change)) {
                throw new IllegalStateException("No net change: " + change);
            }
        }
        return net;
    }

    private static RowMapping mapping(Change change) {
        var columns = new LinkedHashMap<String, TargetColumn>();
        for (var name : change.row().columns().asList()) {
            columns.put(
                    name,
                    new TargetColumn(
                            name,
                            "\"pg_catalog\".\"text\"",
                            "\"pg_catalog\".\"_text\"",
                            false,
                            false,
                            KeyText.AS_IT_IS,
                            "="));
        }
        var table = new TargetTable(
                "public.t",
                1,
                "only public.t",
                false,
                columns,
                Set.of(),
                false,
                false,
                new Firing(false, false, false, false, false));
        return RowMapping.of(table, OnConflict.STOP, change);
    }
}
