package dev.londiste.replication.verify;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.sync.TableStates;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Which tables of a job are meant. Stateless and thread-safe. */
final class VerifiedTables {

    private final Job job;

    VerifiedTables(Job job) {
        this.job = job;
    }

    /** All that the replay applies, or those of them that patterns match; a table named in full must be among them. */
    List<SubscriberTable> select(TablePatterns which) {
        var all = new Jdbc(job.subscriber())
                .lockTimeout(job.lockTimeout()).inAutoCommit(new TableStates(job)::all).stream()
                        .collect(Collectors.toMap(SubscriberTable::name, Function.identity()));
        if (which.isEmpty()) {
            return inSync(all.values().stream().toList());
        }
        var names = which.resolve(all.keySet());
        names.forEach(name -> require(name, all.get(name), which));
        return inSync(names.stream().map(all::get).toList());
    }

    private static List<SubscriberTable> inSync(List<SubscriberTable> tables) {
        return tables.stream()
                .filter(SubscriberTable::isReplayed)
                .sorted(java.util.Comparator.comparingInt(SubscriberTable::nr))
                .toList();
    }

    private void require(String name, SubscriberTable table, TablePatterns which) {
        if (table == null) {
            throw refused(name, "is not registered on the subscriber of queue " + job.queue(), "LD005");
        }
        if (which.names().contains(name) && !table.isReplayed()) {
            throw refused(name, "is " + (table.isParked() ? "parked" : table.state()) + ", not in sync", "LD009");
        }
    }

    private PgqException refused(String table, String why, String sqlState) {
        return new PgqException(
                "Table " + table + " " + why, job.facts().table(table).sqlState(sqlState), null);
    }
}
