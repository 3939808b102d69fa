package dev.londiste.replication.sync;

import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.pgq.jdbc.JdbcSession;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Sets the registered sequences of the subscriber to where the provider's are (C38). They are read after the batch was
 * fetched, so that no value in the batch lies ahead of them. Not thread-safe.
 */
public final class SequenceFollower {

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private static final String REGISTERED = """
            select seq_name from londiste.subscriber_get_seq_list(?) as seq_name
            """;

    private static final String VALUES = """
            select seq_name, last_value, is_called from londiste.provider_seq_values(?)
            """;

    private static final String FOLLOW = """
            select londiste.follow_sequence(?, ?, ?, ?)
            """;

    private final Job job;
    private final Clock clock;
    private final Jdbc provider;
    private Instant nextLook = Instant.MIN;

    public SequenceFollower(Job job, Clock clock) {
        this.job = job;
        this.clock = clock;
        this.provider = new Jdbc(job.provider());
    }

    /** In the transaction of the batch, at most once a second. */
    public void follow(JdbcSession subscriber) {
        var now = clock.instant();
        if (now.isBefore(nextLook)) {
            return;
        }
        nextLook = now.plus(INTERVAL);
        if (subscriber.query(REGISTERED, row -> true, job.queue()).isEmpty()) {
            return;
        }
        provider.query(VALUES, row -> new Value(row.getString(1), row.getLong(2), row.getBoolean(3)), job.queue())
                .forEach(value -> subscriber.one(
                        FOLLOW, row -> true, job.queue(), value.sequence(), value.last(), value.called()));
    }

    private record Value(String sequence, long last, boolean called) {}
}
