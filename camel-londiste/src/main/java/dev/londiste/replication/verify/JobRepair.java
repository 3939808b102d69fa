package dev.londiste.replication.verify;

import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.sync.Job;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * Finds the rows of a job's tables that differ, writes the statements that make the subscriber's equal, and runs them when
 * asked, beside a running replay. Thread-safe. What it repairs it commits in small transactions, each as soon as it is
 * done: an error leaves the rest as it was.
 */
public final class JobRepair {

    private final Job job;
    private final BothSides sides;
    private final VerificationListener listener;

    /** With {@code executor} both servers work at the same time: it needs one thread a repair. */
    public JobRepair(Job job, Executor executor, VerificationListener listener) {
        this.job = job;
        this.sides = new BothSides(executor);
        this.listener = listener;
    }

    /** A row for each table; without names all tables that the replay applies. */
    public List<Map<String, Object>> repair(TablePatterns which, RepairOptions options) {
        var tables = new VerifiedTables(job).select(which);
        if (!options.force() && !tables.isEmpty()) {
            new KeepingUp(job).require(KeepingUp.OR_FORCE);
        }
        var repair = new TableRepair(job, sides, options);
        return tables.stream()
                .map(table -> repair.repair(table, new TableProgress(job, table.name(), listener)))
                .toList();
    }
}
