package dev.londiste.replication.switchover;

import dev.londiste.replication.admin.AttributeChanges;
import dev.londiste.replication.admin.Subscriber;
import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.OpenTransaction;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.sync.TableAttributes;
import dev.londiste.replication.sync.TableStates;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What becomes of conflicts and failures of a job's tables, whichever way the job goes: the reversed job treats them as this
 * one did, and so does the way back. Thread-safe.
 */
final class TablePolicies {

    private final Job job;
    private final Job reversed;

    TablePolicies(Job job, Job reversed) {
        this.job = job;
        this.reversed = reversed;
    }

    /** A row for each table that has other policies than the default, as long as this job has tables. */
    List<Map<String, Object>> takeOver() {
        var followed = tables(reversed).stream().map(SubscriberTable::name).collect(Collectors.toSet());
        var rows = new ArrayList<Map<String, Object>>();
        byPolicies(followed)
                .forEach((policies, tables) ->
                        rows.addAll(new Subscriber(reversed).set(new TablePatterns(tables), policies)));
        return rows;
    }

    private Map<AttributeChanges, List<String>> byPolicies(Set<String> followed) {
        var tables = new LinkedHashMap<AttributeChanges, List<String>>();
        for (var table : tables(job)) {
            var policies = policies(table.attributes());
            if (!policies.equals(policies(TableAttributes.NONE)) && followed.contains(table.name())) {
                tables.computeIfAbsent(policies, same -> new ArrayList<>()).add(table.name());
            }
        }
        return tables;
    }

    private static AttributeChanges policies(TableAttributes of) {
        return new AttributeChanges(null, null, null, policy(of.onConflict()), policy(of.onFailure()));
    }

    /** An empty one is the default. */
    private static String policy(Enum<?> policy) {
        return policy.name().equals("STOP") ? "" : policy.name();
    }

    private static List<SubscriberTable> tables(Job of) {
        try (var subscriber = OpenTransaction.readCommitted(of.subscriber(), of.lockTimeout())) {
            return new TableStates(of).all(subscriber.session());
        }
    }
}
