package dev.londiste.replication.admin;

import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.follow.ProviderDatabase;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.Primary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The two databases of a job. Thread-safe; an operation is one transaction on each. */
record BothSides(Job job) {

    private static final String FORCE_TICK = """
            select londiste.force_tick(?)
            """;

    private static final String TICK_NOW = """
            select pgq_client.tick_now(?)
            """;

    Side provider() {
        return Side.provider(job.provider(), job.lockTimeout());
    }

    Side subscriber() {
        return Side.subscriber(job.subscriber(), job.lockTimeout());
    }

    /** Reads both. */
    <T> T read(Work<JdbcSession, T> work) {
        return provider()
                .inTransaction(provider -> subscriber().inTransaction(subscriber -> work.apply(provider, subscriber)));
    }

    /**
     * Changes both, and makes a tick then: no copy waits for one (C28). The provider commits first: what it does more
     * than the subscriber needs, should that fail to commit, does no harm.
     */
    List<Map<String, Object>> change(Work<Changes, List<Map<String, Object>>> work, boolean dryRun) {
        var rows = provider().explained(() -> subscriber().explained(() -> changeUnticked(work, dryRun)));
        return dryRun ? rows : ticked(rows, job.queue(), provider(), false);
    }

    private List<Map<String, Object>> changeUnticked(Work<Changes, List<Map<String, Object>>> work, boolean dryRun) {
        try (var atProvider = provider().open();
                var atSubscriber = subscriber().open()) {
            // The tick that follows would fail there, with the subscriber changed already.
            Primary.require(job, atProvider.session());
            var onProvider = new Changes(atProvider.session());
            var onSubscriber = new Changes(atSubscriber.session());
            var rows = work.apply(onProvider, onSubscriber);
            if (dryRun) {
                // What is called on a followed provider changes nothing, and lives in the session only.
                boolean followed = ProviderDatabase.isFollowed(atProvider.connection());
                var script = new ArrayList<Map<String, Object>>();
                if (!followed) {
                    script.addAll(provider().script(onProvider));
                }
                script.addAll(subscriber().script(onSubscriber));
                script.add(provider().sql(SqlText.of(followed ? TICK_NOW : FORCE_TICK, job.queue())));
                return script;
            }
            atProvider.commit();
            atSubscriber.commit();
            return rows;
        }
    }

    /** Forces a tick after a change; in a dry run its SQL comes last. */
    static List<Map<String, Object>> ticked(
            List<Map<String, Object>> rows, String queue, Side provider, boolean dryRun) {
        if (!dryRun) {
            provider.inTransaction(session -> session.one(FORCE_TICK, row -> true, queue));
            return rows;
        }
        var script = new ArrayList<>(rows);
        script.add(provider.sql(SqlText.of(FORCE_TICK, queue)));
        return script;
    }

    /** What is done with something of each side. */
    @FunctionalInterface
    interface Work<S, T> {
        T apply(S provider, S subscriber);
    }
}
