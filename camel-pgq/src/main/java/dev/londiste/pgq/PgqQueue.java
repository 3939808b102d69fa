package dev.londiste.pgq;

import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.pgq.jdbc.JsonRows;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/** One queue of a database, for those who fill and look after it. Thread-safe; each call is a transaction of its own. */
public final class PgqQueue {

    private static final String CREATE = "select pgq.create_queue(?)";
    private static final String CONFIGURE = "select pgq_client.set_queue_config(?, ?, ?)";
    private static final String DROP = "select pgq.drop_queue(?, ?)";
    private static final String TICK_IF_DUE = "select pgq_client.tick_if_due(?)";
    private static final String TICK_NOW = "select pgq_client.tick_now(?)";
    private static final String MAINTAIN = "select pgq_client.maintain(?)";
    private static final String TICK_INFO = "select tick_id, tick_time, tick_snapshot from pgq_client.tick_info(?, ?)";
    private static final String QUEUE_INFO = "select * from pgq.get_queue_info(?)";
    private static final String CONSUMER_INFO = "select * from pgq.get_consumer_info(?)";

    private static final String STATUS = "select * from pgq_client.queue_status(?)";

    /** The latency that we promise needs a shorter wait than PgQ's 3 seconds. */
    public static final Duration TICKER_MAX_LAG = Duration.ofMillis(50);

    /** Maintenance waits for no lock: a server that is silent for so long hangs. */
    private static final Duration SILENCE = Duration.ofSeconds(60);

    private final Jdbc jdbc;
    private final String name;
    private final QueueErrors errors;

    public PgqQueue(DataSource database, String name) {
        this(new Jdbc(database), name);
    }

    private PgqQueue(Jdbc jdbc, String name) {
        this.jdbc = jdbc;
        this.name = name;
        this.errors = new QueueErrors(name, null);
    }

    /** The same, waiting no longer for a lock. */
    public PgqQueue lockTimeout(Duration limit) {
        return new PgqQueue(jdbc.lockTimeout(limit), name);
    }

    public String name() {
        return name;
    }

    /** Creates the queue if need be; only a new one gets {@link #TICKER_MAX_LAG}. Answers whether it is new. */
    public boolean create() {
        return errors.explained(() -> jdbc.inTransaction(session -> {
            boolean isNew = session.<Integer>one(CREATE, row -> row.getInt(1), name) == 1;
            if (isNew) {
                configure(session, "ticker_max_lag", TICKER_MAX_LAG.toMillis() + " milliseconds");
            }
            return isNew;
        }));
    }

    /** What {@link #create()} does, as SQL for psql. */
    public static String createScript(String queue) {
        return """
                select case when pgq.create_queue(queue) = 1
                            then pgq.set_queue_config(queue, 'ticker_max_lag', '%d milliseconds') end
                from (values ('%s')) as q (queue);\
                """.formatted(TICKER_MAX_LAG.toMillis(), queue.replace("'", "''"));
    }

    /** Sets one of PgQ's queue parameters, such as {@code rotation_period}, or {@code max_consumer_lag}. */
    public void configure(String parameter, String value) {
        errors.explained(() -> jdbc.inAutoCommit(session -> configure(session, parameter, value)));
    }

    private int configure(JdbcSession session, String parameter, String value) {
        return session.one(CONFIGURE, row -> row.getInt(1), name, parameter, value);
    }

    /** Drops the queue with its events; unless forced, it fails while consumers are registered. */
    public void drop(boolean force) {
        errors.explained(() -> jdbc.one(DROP, row -> row.getInt(1), name, force));
    }

    /** The id, assigned by the queue. */
    public long insert(NewEvent event) {
        return insert(List.of(event)).get(0);
    }

    /** Inserts all in one statement; the ids in the order given. */
    public List<Long> insert(List<NewEvent> events) {
        return jdbc.inAutoCommit(session -> insert(session, events));
    }

    /** As {@link #insert(List)}, in the caller's transaction, which it neither ends nor rolls back. */
    public List<Long> insert(JdbcSession session, List<NewEvent> events) {
        return errors.explained(() -> NewEvent.insert(session, name, events));
    }

    /** Ticks if the queue's configuration says that it is time. */
    public Optional<Long> tick() {
        return errors.explained(() ->
                jdbc.inTransaction(session -> session.first(TICK_IF_DUE, row -> row.getObject(1, Long.class), name)));
    }

    /** Ticks at once, whatever is new; its id. */
    public long forceTick() {
        return errors.explained(
                () -> jdbc.inTransaction(session -> session.one(TICK_NOW, row -> row.getLong(1), name)));
    }

    /**
     * Rotates the queue's tables when it is time, and brings back the events to be retried; how many. Any number of
     * processes may do so at once.
     */
    public int maintain() {
        int all = 0;
        int some;
        do {
            some = errors.explained(() -> jdbc.silence(SILENCE)
                    .inTransaction(session -> session.<Integer>one(MAINTAIN, row -> row.getInt(1), name)));
            all += some;
        } while (some > 0);
        return all;
    }

    /** A tick that the queue still has. */
    public Optional<Tick> tick(long id) {
        return errors.explained(() -> jdbc.first(TICK_INFO, TickRow::read, name, id));
    }

    /** PgQ's {@code get_queue_info}: column names as there, JSON-ready values. */
    public Map<String, Object> info() {
        return errors.explained(() -> jdbc.first(QUEUE_INFO, JsonRows::read, name)
                .orElseThrow(() -> new PgqException(
                        "No such queue", PgqException.Facts.NONE.sqlState(SqlStates.NO_SUCH_QUEUE), null)));
    }

    /** Who ticks, what the events take on disk, and a row for each that keeps them from being rotated away. */
    public List<Map<String, Object>> status() {
        return errors.explained(() -> jdbc.query(STATUS, JsonRows::read, name));
    }

    /** PgQ's {@code get_consumer_info}, a row per consumer. */
    public List<Map<String, Object>> consumers() {
        return errors.explained(() -> jdbc.query(CONSUMER_INFO, JsonRows::read, name));
    }
}
