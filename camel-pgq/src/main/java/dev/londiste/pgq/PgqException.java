package dev.londiste.pgq;

/**
 * Something went wrong with a queue or a table: one sentence, and the facts as fields. Fields that do not apply are
 * null. {@link #sqlState()} is what callers branch on; {@link SqlStates} names ours.
 */
public class PgqException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String queue;
    private final String consumer;
    private final Long batchId;
    private final Long eventId;
    private final String table;
    private final String sqlState;

    public PgqException(String sentence) {
        this(sentence, Facts.NONE, null);
    }

    public PgqException(String sentence, Throwable cause) {
        this(sentence, cause instanceof PgqException known ? known.facts() : Facts.NONE, cause);
    }

    public PgqException(String sentence, Facts facts, Throwable cause) {
        super(sentence, cause);
        this.queue = facts.queue();
        this.consumer = facts.consumer();
        this.batchId = facts.batchId();
        this.eventId = facts.eventId();
        this.table = facts.table();
        this.sqlState = facts.sqlState();
    }

    public String queue() {
        return queue;
    }

    public String consumer() {
        return consumer;
    }

    public Long batchId() {
        return batchId;
    }

    public Long eventId() {
        return eventId;
    }

    public String table() {
        return table;
    }

    public String sqlState() {
        return sqlState;
    }

    /** Whether it carries this SQLSTATE, or one of this class when only two characters are given. */
    public boolean is(String state) {
        return sqlState != null && (state.length() == 2 ? sqlState.startsWith(state) : sqlState.equals(state));
    }

    public Facts facts() {
        return new Facts(queue, consumer, batchId, eventId, table, sqlState);
    }

    /** What an error is about; every part may be null. Immutable. */
    public record Facts(String queue, String consumer, Long batchId, Long eventId, String table, String sqlState) {

        public static final Facts NONE = new Facts(null, null, null, null, null, null);

        public static Facts of(String queue, String consumer) {
            return new Facts(queue, consumer, null, null, null, null);
        }

        public static Facts of(Batch batch) {
            return new Facts(batch.queue(), batch.consumer(), batch.id(), null, null, null);
        }

        public Facts event(long id) {
            return new Facts(queue, consumer, batchId, id, table, sqlState);
        }

        public Facts table(String name) {
            return new Facts(queue, consumer, batchId, eventId, name, sqlState);
        }

        public Facts sqlState(String state) {
            return new Facts(queue, consumer, batchId, eventId, table, state);
        }
    }
}
