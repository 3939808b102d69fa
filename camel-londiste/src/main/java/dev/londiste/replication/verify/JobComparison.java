package dev.londiste.replication.verify;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.TableStates;
import java.util.List;
import java.util.Map;

/** Compares tables of a job one after the other, each at a position of its own. Thread-safe; it changes nothing. */
public final class JobComparison {

    private final Job job;

    public JobComparison(Job job) {
        this.job = job;
    }

    /** Without names: all tables that the replay applies. */
    public List<Map<String, Object>> compare(TablePatterns which, boolean checksum) {
        var tables = new Jdbc(job.subscriber())
                .inAutoCommit(new TableStates(job)::all).stream()
                        .filter(table -> which.isEmpty() ? table.isReplayed() : which.select(table.name()))
                        .toList();
        if (tables.isEmpty() && !which.isEmpty()) {
            throw new PgqException(
                    "No table of the subscriber is registered as " + String.join(", ", which.names()),
                    job.facts().sqlState("LD005"),
                    null);
        }
        return tables.stream().map(new TableComparison(job, checksum)::compare).toList();
    }
}
