package dev.londiste.replication.verify;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;

/** The rows that both sides have under some keys, and what would make them equal. */
final class RowPairs {

    private RowPairs() {}

    /**
     * Rows are paired by keys that the databases hold to be equal: two texts of one key, as 1.0 and 1.00, lead to the
     * same pair, which counts once. Deletes come first, then updates, then inserts.
     */
    static List<RowFix> fixes(
            ComparedTable table, TableSide provider, TableSide subscriber, List<List<String>> keys, boolean lock) {
        var ours = provider.values(keys, false);
        var theirs = subscriber.values(keys, lock);
        var seen = new HashSet<List<String>>();
        var fixes = new ArrayList<RowFix>();
        for (int i = 0; i < keys.size(); i++) {
            var fix = new RowFix(table, theirs.get(i), ours.get(i));
            if (fix.isNeeded() && seen.add(table.keyOf(fix.before() == null ? fix.after() : fix.before()))) {
                fixes.add(fix);
            }
        }
        fixes.sort(Comparator.comparing(RowFix::operation));
        return fixes;
    }
}
