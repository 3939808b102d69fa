package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.pgq.Tick;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.PositionRecovery;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Where a job stands, on both sides: its consumer on the provider's queue, and its position on the subscriber.
 * Thread-safe; each side is a transaction of its own, in an order that a crash in between does no harm.
 */
public final class JobRegistration {

    private static final String FORGET_POSITION = """
            select londiste.forget_position(?, ?)
            """;

    private static final String RESET_POSITION = """
            select londiste.reset_position(?, ?, ?, ?, ?, ?)
            """;

    private static final String UNREGISTER = """
            select pgq.unregister_consumer(?, ?)
            """;

    private final Job job;
    private final BothSides sides;
    private final PgqQueue queue;
    private final PgqConsumerClient consumer;

    public JobRegistration(Job job) {
        this.job = job;
        this.sides = new BothSides(job);
        this.queue = new PgqQueue(job.provider(), job.queue()).lockTimeout(job.lockTimeout());
        this.consumer =
                new PgqConsumerClient(job.provider(), job.queue(), job.consumer()).lockTimeout(job.lockTimeout());
    }

    /** Registers the consumer where the subscriber stands, or at the last tick when it has no position. */
    public List<Map<String, Object>> register() {
        var registration = consumer.register(new PositionRecovery(job).whereToRegister());
        return changed(registration.position(), registration.isNew());
    }

    /** Shuts the replication down: all tables become NEW, and the consumer is unregistered (C18). */
    public List<Map<String, Object>> unregister() {
        // First this side: a crash in between leaves a consumer that starts anew, not tables that look in sync.
        int tables = sides.subscriber()
                .inTransaction(
                        session -> session.one(FORGET_POSITION, row -> row.getInt(1), job.consumer(), job.queue()));
        var copies = Pattern.compile(Pattern.quote(job.consumer()) + "_copy_\\d+");
        queue.consumers().stream()
                .map(row -> row.get("consumer_name").toString())
                .filter(name -> copies.matcher(name).matches())
                .forEach(this::unregister);
        boolean changed = unregister(job.consumer());
        return List.of(ResultRow.of(
                "consumer_name", job.consumer(), "tables_reset", tables, "changed", changed || tables > 0));
    }

    private boolean unregister(String name) {
        return sides.provider()
                .inTransaction(session -> session.one(UNREGISTER, row -> row.getInt(1) > 0, job.queue(), name));
    }

    /**
     * Moves the consumer on the provider to where the subscriber stands, as SkyTools' {@code --rewind} did.
     *
     * @throws dev.londiste.pgq.LostPositionException when the provider does not have that very tick any more
     */
    public List<Map<String, Object>> rewind() {
        var before = consumer.info().map(info -> info.get("last_tick"));
        var tick = new PositionRecovery(job).rewind();
        boolean changed =
                before.map(id -> ((Number) id).longValue() != tick.id()).orElse(true);
        return changed(tick, changed);
    }

    /**
     * Moves the subscriber's position to where the consumer stands on the provider, as SkyTools' {@code --reset} did. What
     * lies between is skipped, or comes twice: refused while tables have been copied, unless forced.
     */
    public List<Map<String, Object>> reset(boolean force) {
        var tick = consumer.info()
                .flatMap(info -> queue.tick(((Number) info.get("last_tick")).longValue()))
                .orElseThrow(() -> new PgqException(
                        "Consumer " + job.consumer() + " is not registered on queue " + job.queue()
                                + ", so there is no position to take from it; run SUBSCRIBER_REGISTER",
                        job.facts().sqlState("PQ002"),
                        null));
        boolean changed = sides.subscriber()
                .inTransaction(session -> session.one(
                        RESET_POSITION,
                        row -> row.getInt(1) == 1,
                        job.consumer(),
                        job.queue(),
                        tick.id(),
                        tick.time(),
                        tick.snapshot().toString(),
                        force));
        return changed(tick, changed);
    }

    private List<Map<String, Object>> changed(Tick position, boolean changed) {
        return List.of(ResultRow.of("consumer_name", job.consumer(), "tick_id", position.id(), "changed", changed));
    }
}
