package dev.londiste.pgq;

import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.pgq.jdbc.JsonRows;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/** One consumer of a queue: its registration and its batches. Thread-safe; each call is a transaction of its own. */
public final class PgqConsumerClient implements BatchSource {

    private static final String POLL = """
            select * from pgq_client.poll(?, ?, ?, cast(? as interval), cast(? as int4), cast(? as interval))
            """;
    private static final String REGISTER = """
            select registered, tick_id, tick_time, tick_snapshot
            from pgq_client.register(?, ?, cast(? as int8), cast(? as timestamptz), cast(? as text))
            """;
    private static final String UNREGISTER = "select pgq.unregister_consumer(?, ?)";
    private static final String FINISH = "select pgq.finish_batch(?)";
    private static final String RETRY = "select pgq.event_retry(?, ?, cast(? as int4))";
    private static final String FAIL = "select pgq_client.event_failed(?, ?, ?)";
    private static final String FAIL_MANY = "select pgq_client.events_failed(?, ?, ?)";
    private static final String FAILED_EVENTS = """
            select ev_failed_reason, ev_failed_time, ev_id, ev_time, ev_retry, ev_type, ev_data,
                   ev_extra1, ev_extra2, ev_extra3, ev_extra4
            from pgq_client.failed_event_list(?, ?) order by ev_id
            """;
    private static final String RETRY_FAILED = "select pgq_client.failed_event_retry(?, ?, ?)";
    private static final String DELETE_FAILED = "select pgq_client.failed_event_delete(?, ?, ?)";
    private static final String CONSUMER_INFO = "select * from pgq.get_consumer_info(?, ?)";

    /** A short statement that takes longer means a dead or hanging server. */
    private static final Duration SILENCE = Duration.ofSeconds(20);

    private final Jdbc jdbc;
    private final String queue;
    private final String consumer;
    private final QueueErrors errors;
    private final PollStatement poll;

    public PgqConsumerClient(DataSource database, String queue, String consumer) {
        this(new Jdbc(database).silence(SILENCE), queue, consumer);
    }

    private PgqConsumerClient(Jdbc jdbc, String queue, String consumer) {
        this.jdbc = jdbc;
        this.queue = queue;
        this.consumer = consumer;
        this.errors = new QueueErrors(queue, consumer);
        this.poll = new PollStatement(jdbc, POLL, queue, consumer);
    }

    /** The same, waiting no longer for a lock. */
    public PgqConsumerClient lockTimeout(Duration limit) {
        return new PgqConsumerClient(jdbc.lockTimeout(limit), queue, consumer);
    }

    public String queue() {
        return queue;
    }

    public String consumer() {
        return consumer;
    }

    public DataSource database() {
        return jdbc.dataSource();
    }

    /** Costs one statement. */
    @Override
    public Optional<Batch> poll(PollOptions options) {
        return errors.explained(() -> poll.run(
                queue,
                consumer,
                options.tick(),
                PollOptions.text(options.minLag()),
                options.minCount(),
                PollOptions.text(options.minInterval())));
    }

    /** Registers at the last tick, unless the consumer is registered already. */
    public Registration register() {
        return register(Optional.empty());
    }

    /** Registers at {@code position} if the queue still has that very tick; it does not move a registered consumer. */
    public Registration register(Optional<Tick> position) {
        return errors.explained(() -> jdbc.one(
                REGISTER,
                row -> new Registration(row.getBoolean("registered"), TickRow.read(row)),
                queue,
                consumer,
                position.map(Tick::id).orElse(null),
                position.map(Tick::time).orElse(null),
                position.map(tick -> tick.snapshot().toString()).orElse(null)));
    }

    /** Gives up the position; answers whether there was one. */
    public boolean unregister() {
        return errors.explained(() -> jdbc.<Integer>one(UNREGISTER, row -> row.getInt(1), queue, consumer) > 0);
    }

    @Override
    public void finish(Batch batch) {
        int finished = errors.explained(() -> jdbc.<Integer>one(FINISH, row -> row.getInt(1), batch.id()));
        if (finished == 0) {
            throw new PgqException(
                    "Batch " + batch.id() + " of consumer " + consumer + " of queue " + queue
                            + " is not ours any more: another process works as the same consumer",
                    Facts.of(batch).sqlState(SqlStates.BATCH_NOT_OWNED),
                    null);
        }
    }

    /** Puts an event of the open batch into the queue again after a delay. */
    public void retry(Batch batch, long eventId, Duration delay) {
        int seconds = Math.toIntExact(delay.plusMillis(999).toSeconds());
        errors.explained(() -> jdbc.one(RETRY, row -> row.getInt(1), batch.id(), eventId, seconds));
    }

    /** Puts an event of the open batch into the failed queue. */
    public void fail(Batch batch, long eventId, String reason) {
        errors.explained(() -> jdbc.one(FAIL, row -> row.getInt(1), batch.id(), eventId, reason));
    }

    /** Puts many events of the open batch into the failed queue, in one statement. */
    public void fail(Batch batch, List<Event> events, String reason) {
        var ids = events.stream().map(Event::id).toArray(Long[]::new);
        errors.explained(() -> jdbc.one(FAIL_MANY, row -> row.getInt(1), batch.id(), ids, reason));
    }

    /** The events in the failed queue with reason and time, column names of the table, JSON-ready values. */
    public List<Map<String, Object>> failedEvents() {
        return errors.explained(() -> jdbc.query(FAILED_EVENTS, JsonRows::read, queue, consumer));
    }

    /** Puts a failed event back into the queue, for this consumer only. */
    public void retryFailed(long eventId) {
        errors.explained(() -> jdbc.one(RETRY_FAILED, row -> row.getLong(1), queue, consumer, eventId));
    }

    /** Deletes a failed event. */
    public void deleteFailed(long eventId) {
        errors.explained(() -> jdbc.one(DELETE_FAILED, row -> row.getInt(1), queue, consumer, eventId));
    }

    /** PgQ's {@code get_consumer_info}: column names as there, JSON-ready values. */
    public Optional<Map<String, Object>> info() {
        return errors.explained(() -> jdbc.first(CONSUMER_INFO, JsonRows::read, queue, consumer));
    }

    /**
     * Where a consumer stands.
     *
     * @param isNew whether this call registered it
     */
    public record Registration(boolean isNew, Tick position) {}
}
