package dev.londiste.replication.sync;

import dev.londiste.pgq.Tick;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.pgq.jdbc.JdbcSession;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Sets the registered sequences of the subscriber to where the provider's are (C38). They are read after the batch was
 * fetched, and set with every batch that changes something, so that after a fail-over no sequence gives a value that a row
 * has already. That costs a question to the provider; setting them goes with the end of the batch. Not thread-safe.
 */
public final class SequenceFollower {

    /** For batches that change nothing here: sequences move without rows too. */
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private static final String VALUES = """
            select seq_name, last_value, is_called from londiste.provider_seq_values(?)
            """;

    /** Those that are not registered on the subscriber are left alone. */
    private static final String FOLLOW = """
            select count(londiste.follow_sequence(?, s.name, s.last_value, s.is_called))
            from unnest(?::text[], ?::bigint[], ?::text[]::boolean[]) as s (name, last_value, is_called)
            """;

    private final Job job;
    private final Clock clock;
    private final Jdbc provider;
    private boolean registered;
    private Instant nextLook = Instant.MIN;

    public SequenceFollower(Job job, Clock clock) {
        this.job = job;
        this.clock = clock;
        this.provider = new Jdbc(job.provider());
    }

    /** All of them, as the provider's are now. */
    public void follow(JdbcSession subscriber) {
        subscriber.one(FOLLOW, row -> true, parameters(values()));
    }

    /** A batch begins, with sequences of the queue registered or not. */
    void begin(boolean registered) {
        this.registered = registered;
    }

    /** Ends the batch, in whose transaction this is, with the sequences if it changes something, else at most once a second. */
    void end(JdbcSession subscriber, JobPosition position, Tick tick, boolean changes) {
        var now = clock.instant();
        if (!registered || (!changes && now.isBefore(nextLook))) {
            position.end(subscriber, tick);
            return;
        }
        nextLook = now.plus(INTERVAL);
        position.end(subscriber, tick, FOLLOW, parameters(values()));
    }

    private List<Value> values() {
        return provider.query(
                VALUES, row -> new Value(row.getString(1), row.getLong(2), row.getBoolean(3)), job.queue());
    }

    private Object[] parameters(List<Value> values) {
        return new Object[] {
            job.queue(),
            values.stream().map(Value::sequence).toArray(String[]::new),
            values.stream().map(Value::last).toArray(Long[]::new),
            values.stream().map(value -> Boolean.toString(value.called())).toArray(String[]::new)
        };
    }

    private record Value(String sequence, long last, boolean called) {}
}
