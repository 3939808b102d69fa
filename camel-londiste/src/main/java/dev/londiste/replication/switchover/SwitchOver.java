package dev.londiste.replication.switchover;

import dev.londiste.pgq.PgqQueue;
import dev.londiste.replication.admin.AddOptions;
import dev.londiste.replication.admin.JobRegistration;
import dev.londiste.replication.admin.Provider;
import dev.londiste.replication.admin.Sequences;
import dev.londiste.replication.admin.Subscriber;
import dev.londiste.replication.admin.SwitchOverCheck;
import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.OpenTransaction;
import dev.londiste.replication.sync.SequenceFollower;
import dev.londiste.replication.verify.KeepingUp;
import dev.londiste.replication.verify.SyncWait;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reverses the roles of a job's two databases, planned and without a loss: writes to the provider are denied, the replay
 * applies what is left, sequences follow, and what was the subscriber captures and is followed from then on. Thread-safe.
 *
 * <p>Each step can be repeated, so after a crash or a refusal the whole is run again. The step "follow" reverses the roles
 * in one transaction: until then PROVIDER_ALLOW undoes the switch-over, and a repetition begins with the check; from then
 * on PROVIDER_ALLOW is refused, and a repetition takes away what is left of the old direction. The way back is the same
 * for the reversed job.
 */
public final class SwitchOver {

    private static final Logger LOG = LoggerFactory.getLogger(SwitchOver.class);

    private final Job job;
    private final Job reversed;
    private final Provider oldProvider;
    private final Provider newProvider;
    private final SwitchOverCheck check;
    private final TablePolicies policies;
    private final Consumer<String> listener;

    public SwitchOver(Job job) {
        this(job, step -> {});
    }

    /** The listener hears of every step that is done. */
    SwitchOver(Job job, Consumer<String> listener) {
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
        this.check = new SwitchOverCheck(job);
        this.policies = new TablePolicies(job, reversed);
        this.listener = listener;
    }

    /**
     * A row for each step. The replay of the job must run until the tables are in sync.
     *
     * @param timeout how long to wait for that; zero for ever
     */
    public List<Map<String, Object>> run(Duration timeout) {
        var steps = new ArrayList<Map<String, Object>>();
        // Sequences that are set back, or tables that are copied anew, would destroy what the new provider has got
        // since.
        if (!check.isDone()) {
            prepare(steps);
            done(steps, "deny writes", oldProvider.denyWrites(TablePatterns.ALL, true));
            done(steps, "wait", new SyncWait(job, progress -> {}).await(TablePatterns.of(), timeout));
            // What the replay has put aside meanwhile would never come back to the old provider.
            check.requireWhole();
            followSequences();
            reverse(steps);
        }
        takePoliciesOver(steps);
        reverseSequences(steps);
        endOldDirection(steps);
        return steps;
    }

    /** All that can be refused is refused while the application can write. */
    private void prepare(List<Map<String, Object>> steps) {
        check.require();
        new KeepingUp(job).require("start it or wait");
        done(steps, "install", newProvider.install());
        check.tables()
                .forEach((options, tables) -> tables.forEach(table ->
                        // One by one: the replay writes to them.
                        newProvider.add(new TablePatterns(List.of(table)), options, /* dryRun= */ true)));
    }

    /**
     * The consumer comes last: what was captured before, by an attempt that was undone perhaps, came from the old
     * provider, which has it.
     */
    private void reverse(List<Map<String, Object>> steps) {
        var captured = new ArrayList<Map<String, Object>>();
        var names = new ArrayList<String>();
        check.tables().forEach((options, tables) -> {
            captured.addAll(newProvider.add(new TablePatterns(tables), options));
            names.addAll(tables);
        });
        done(steps, "capture", captured);
        done(steps, "register", registerAnew());
        var options = new AddOptions(false, true, false, null);
        done(steps, "follow", new Subscriber(reversed).add(new TablePatterns(names), options));
    }

    private List<Map<String, Object>> registerAnew() {
        var registration = new JobRegistration(reversed);
        registration.unregister();
        new PgqQueue(reversed.provider(), reversed.queue())
                .lockTimeout(reversed.lockTimeout())
                .forceTick();
        return registration.register();
    }

    /** After the roles are reversed: until a conflict of the new direction comes, nobody asks for them. */
    private void takePoliciesOver(List<Map<String, Object>> steps) {
        var rows = policies.takeOver();
        if (!rows.isEmpty()) {
            done(steps, "set policies", rows);
        }
    }

    private void reverseSequences(List<Map<String, Object>> steps) {
        var sequences = providerSequences(job).list().stream()
                .map(row -> row.get("seq_name").toString())
                .toList();
        if (!sequences.isEmpty()) {
            var patterns = new TablePatterns(sequences);
            done(steps, "provide sequences", providerSequences(reversed).add(patterns, false));
            done(steps, "follow sequences", subscriberSequences(reversed).add(patterns, false));
        }
    }

    /**
     * The tables go before their removal travels to a replay that still runs. A guard on the new provider goes last: what
     * is written there is safe then.
     */
    private void endOldDirection(List<Map<String, Object>> steps) {
        subscriberSequences(job).remove(TablePatterns.ALL, false);
        done(steps, "forget tables", new Subscriber(job).remove(TablePatterns.ALL, false));
        done(steps, "stop capture", oldProvider.remove(TablePatterns.ALL, false));
        providerSequences(job).remove(TablePatterns.ALL, false);
        done(steps, "unregister", new JobRegistration(job).unregister());
        done(steps, "allow writes", newProvider.denyWrites(TablePatterns.ALL, false));
    }

    /** Writes are denied and everything is applied: the values are final. */
    private void followSequences() {
        try (var subscriber = OpenTransaction.readCommitted(job.subscriber(), job.lockTimeout())) {
            new SequenceFollower(job, Clock.systemUTC()).follow(subscriber.session());
            subscriber.commit();
        }
    }

    private static Sequences providerSequences(Job of) {
        return Sequences.ofProvider(of.provider(), of.queue(), of.lockTimeout());
    }

    private static Sequences subscriberSequences(Job of) {
        return Sequences.ofSubscriber(of.subscriber(), of.provider(), of.queue(), of.lockTimeout());
    }

    private void done(List<Map<String, Object>> steps, String name, List<Map<String, Object>> rows) {
        var step = new LinkedHashMap<String, Object>();
        step.put("step", name);
        step.put("objects", rows.size());
        step.put("changed", rows.stream().anyMatch(row -> Boolean.TRUE.equals(row.get("changed"))));
        steps.add(step);
        LOG.info("{}/{} - switch-over: {} is done", job.queue(), job.consumer(), name);
        listener.accept(name);
    }
}
