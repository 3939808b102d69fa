package dev.londiste.replication.switchover;

import dev.londiste.pgq.PgqException;
import dev.londiste.replication.admin.AddOptions;
import dev.londiste.replication.admin.CaptureOptions;
import dev.londiste.replication.admin.JobRegistration;
import dev.londiste.replication.admin.Provider;
import dev.londiste.replication.admin.Sequences;
import dev.londiste.replication.admin.Subscriber;
import dev.londiste.replication.admin.SubscriberDatabase;
import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.OpenTransaction;
import dev.londiste.replication.sync.SequenceFollower;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.sync.TableStates;
import dev.londiste.replication.verify.SyncWait;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reverses the roles of a job's two databases, planned and without a loss: writes to the provider are denied, the replay
 * applies what is left, sequences follow, and what was the subscriber captures and is followed from then on. Thread-safe.
 *
 * <p>Each step can be repeated, so after a crash or a refusal the whole is run again; until the roles are reversed,
 * PROVIDER_ALLOW undoes it. The way back is the same for the reversed job.
 */
public final class SwitchOver {

    private final Job job;
    private final Job reversed;
    private final Provider oldProvider;
    private final Provider newProvider;

    public SwitchOver(Job job) {
        this.job = job;
        this.reversed = new Job(
                job.name(),
                job.queue(),
                job.consumer(),
                /* provider= */ job.subscriber(),
                /* subscriber= */ job.providerPool(),
                job.lockTimeout());
        this.oldProvider = new Provider(job.provider(), job.queue(), job.lockTimeout());
        this.newProvider = new Provider(job.subscriber(), job.queue(), job.lockTimeout());
    }

    /**
     * A row for each step. The replay of the job must run until the tables are in sync.
     *
     * @param timeout how long to wait for that; zero for ever
     */
    public List<Map<String, Object>> run(Duration timeout) {
        var steps = new ArrayList<Map<String, Object>>();
        var tables = names(oldProvider.tables(), "table_name");
        if (!tables.isEmpty()) {
            requireSameTables();
            steps.add(step("deny writes", oldProvider.denyWrites(TablePatterns.ALL, true)));
            steps.add(step("wait", new SyncWait(job, progress -> {}).await(TablePatterns.of(), timeout)));
            // What the replay has put aside meanwhile would never come back to the old provider.
            requireSameTables();
            followSequences();
            reverse(new TablePatterns(tables), steps);
        }
        endOldDirection(steps);
        return steps;
    }

    /** The consumer comes first: whatever is captured comes after its position. */
    private void reverse(TablePatterns tables, List<Map<String, Object>> steps) {
        steps.add(step("install", newProvider.install()));
        steps.add(step("register", new JobRegistration(reversed).register()));
        steps.add(step("capture", newProvider.add(tables, CaptureOptions.DEFAULT)));
        steps.add(step("follow", new Subscriber(reversed).add(tables, new AddOptions(false, true, false, null))));
        var sequences = names(providerSequences(job).list(), "seq_name");
        if (!sequences.isEmpty()) {
            var patterns = new TablePatterns(sequences);
            steps.add(step("provide sequences", providerSequences(reversed).add(patterns, false)));
            steps.add(step("follow sequences", subscriberSequences(reversed).add(patterns, false)));
        }
    }

    /** The guard goes first, while the tables are known; then they, before their removal travels to a replay that still runs. */
    private void endOldDirection(List<Map<String, Object>> steps) {
        steps.add(step(
                "allow writes",
                new SubscriberDatabase(job.subscriber(), job.queue(), job.lockTimeout())
                        .denyWrites(TablePatterns.ALL, false, false)));
        steps.add(step("forget tables", new Subscriber(job).remove(TablePatterns.ALL, false)));
        subscriberSequences(job).remove(TablePatterns.ALL, false);
        steps.add(step("stop capture", oldProvider.remove(TablePatterns.ALL, false)));
        providerSequences(job).remove(TablePatterns.ALL, false);
        steps.add(step("unregister", new JobRegistration(job).unregister()));
    }

    /** Writes are denied and everything is applied: the values are final. */
    private void followSequences() {
        try (var subscriber = OpenTransaction.readCommitted(job.subscriber(), job.lockTimeout())) {
            new SequenceFollower(job, Clock.systemUTC()).follow(subscriber.session());
            subscriber.commit();
        }
    }

    /** What only part of a table, or another name, went to cannot come back as the whole. */
    private void requireSameTables() {
        try (var subscriber = OpenTransaction.readCommitted(job.subscriber(), job.lockTimeout())) {
            var registered = new TableStates(job).all(subscriber.session());
            registered.stream()
                    .filter(table -> !table.target().equals(table.name())
                            || table.attributes().changesRows())
                    .findFirst()
                    .ifPresent(table -> {
                        throw refused(
                                "Table " + table.name()
                                        + " has another name or other rows on the subscriber, so it cannot become the provider's");
                    });
            registered.stream().filter(SubscriberTable::hasFailed).findFirst().ifPresent(table -> {
                throw refused("Changes of table " + table.name()
                        + " failed on the subscriber, which lacks them; run RETRY_FAILED, or DELETE_FAILED,"
                        + " first");
            });
            var names = registered.stream().map(SubscriberTable::name).toList();
            names(oldProvider.tables(), "table_name").stream()
                    .filter(table -> !names.contains(table))
                    .findFirst()
                    .ifPresent(table -> {
                        throw refused(
                                "Table " + table + " is not replicated, so the subscriber lacks it; add or remove it");
                    });
        }
    }

    private static Sequences providerSequences(Job of) {
        return Sequences.ofProvider(of.provider(), of.queue(), of.lockTimeout());
    }

    private static Sequences subscriberSequences(Job of) {
        return Sequences.ofSubscriber(of.subscriber(), of.queue(), of.lockTimeout());
    }

    private static List<String> names(List<Map<String, Object>> rows, String column) {
        return rows.stream().map(row -> row.get(column).toString()).toList();
    }

    private static Map<String, Object> step(String name, List<Map<String, Object>> rows) {
        var step = new LinkedHashMap<String, Object>();
        step.put("step", name);
        step.put("objects", rows.size());
        step.put("changed", rows.stream().anyMatch(row -> Boolean.TRUE.equals(row.get("changed"))));
        return step;
    }

    private PgqException refused(String sentence) {
        return new PgqException(sentence, job.facts().sqlState("LD009"), null);
    }
}
