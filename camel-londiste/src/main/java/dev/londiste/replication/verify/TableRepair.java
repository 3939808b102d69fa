package dev.londiste.replication.verify;

import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.verify.VerificationProgress.Phase;
import java.util.Map;

/**
 * Repairs one table, or says how. Without {@code apply} the statements are those for the moment at which both sides were
 * compared; with it each chunk of rows meets the provider anew. Thread-safe.
 */
final class TableRepair {

    private static final String REQUIRE_KEY = """
            select londiste.key_columns(londiste.table_oid(?), ?)
            """;

    private final Job job;
    private final BothSides sides;
    private final RepairOptions options;

    TableRepair(Job job, BothSides sides, RepairOptions options) {
        this.job = job;
        this.sides = sides;
        this.options = options;
    }

    Map<String, Object> repair(SubscriberTable table, TableProgress progress) {
        try (var moment = Moment.reach(job, table)) {
            requireKey(moment.table(), moment.subscriberSession());
            var contents = new Contents(moment, sides, progress);
            var row = contents.sum().asRow(moment.table());
            var counts = new DifferenceCounts(moment.table());
            try (var sink = new FixSink(options.directory(), moment.table())) {
                var chunks = new Chunks(fixer(table, moment, progress), sink::add);
                contents.differences(difference -> {
                    counts.add(difference);
                    chunks.add(difference);
                });
                chunks.finish();
                counts.addTo(row);
                sink.addTo(row);
                row.put("repaired_rows", options.apply() ? sink.count() : 0L);
                row.put("failed_rows", chunks.failed());
                row.put("error", chunks.failed() == 0 ? null : chunks.firstError());
            }
            progress.done();
            return row;
        }
    }

    /** A statement is to change one row. */
    private static void requireKey(ComparedTable table, JdbcSession subscriber) {
        subscriber.one(REQUIRE_KEY, row -> true, table.target(), table.key().toArray(String[]::new));
    }

    private ChunkFixer fixer(SubscriberTable table, Moment moment, TableProgress progress) {
        if (!options.apply()) {
            return keys -> RowPairs.fixes(moment.table(), moment.provider(), moment.subscriber(), keys, false);
        }
        var repair = new ChunkRepair(job, table);
        return keys -> {
            progress.enter(Phase.REPAIRING);
            var fixes = repair.fix(keys);
            progress.repaired(fixes.size());
            return fixes;
        };
    }
}
