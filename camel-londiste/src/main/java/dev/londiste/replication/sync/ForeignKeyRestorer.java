package dev.londiste.replication.sync;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.Jdbc;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings back the foreign keys that were put aside for a copy or a parked table, once both of their tables are in sync:
 * added NOT VALID, which needs a moment between two batches, then validated, which needs long and blocks nobody (C26). A
 * foreign key that cannot come back stays pending and stops nothing. Thread-safe.
 */
public final class ForeignKeyRestorer {

    private static final Logger LOG = LoggerFactory.getLogger(ForeignKeyRestorer.class);

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration SOON = Duration.ofSeconds(5);

    /** For what only a person can change, as rows that violate the key. */
    private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);

    /** Someone else had a lock, or a server process has gone: nothing is wrong with the key. */
    private static final Pattern PASSING = Pattern.compile("55P03|40P01|40001|08...|57P0.");

    private static final String DUE = """
            select from_table, fkey_name, true as is_of_parked from londiste.fkeys_of_parked(?)
            union all select from_table, fkey_name, false from londiste.restorable_fkeys(?)
            """;

    private static final String HOLD_POSITION = """
            select londiste.hold_position(?)
            """;

    private static final String ADD = """
            select londiste.subscriber_restore_table_fkey(?, ?)
            """;

    private static final String DROP = """
            select londiste.subscriber_drop_table_fkey(?, ?)
            """;

    private static final String VALIDATE = """
            select londiste.subscriber_validate_table_fkey(?, ?)
            """;

    private static final String FAILED = """
            select londiste.fkey_failed(?, ?, ?)
            """;

    private final Job job;
    private final ExecutorService executor;
    private final Clock clock;
    private final Jdbc subscriber;
    private Instant nextLook = Instant.MIN;
    private boolean looking;

    public ForeignKeyRestorer(Job job, ExecutorService executor, Clock clock) {
        this.job = job;
        this.executor = executor;
        this.clock = clock;
        this.subscriber = new Jdbc(job.subscriber());
    }

    /** Looks for work in the background, if it is time to. */
    synchronized void look() {
        if (!looking && !clock.instant().isBefore(nextLook) && !executor.isShutdown()) {
            looking = true;
            executor.execute(this::restoreAll);
        }
    }

    /** A table may have become the second one of a foreign key. */
    synchronized void lookSoon() {
        nextLook = Instant.MIN;
    }

    private void restoreAll() {
        var pause = AFTER_FAILURE;
        try {
            var due = due();
            due.stream().filter(ForeignKey::isOfParked).forEach(this::putAside);
            pause = due.stream()
                    .filter(key -> !key.isOfParked())
                    .map(this::restore)
                    .reduce(SOON, (a, b) -> a.compareTo(b) > 0 ? a : b);
        } catch (PgqException e) {
            pause = isPassing(e) ? SOON : AFTER_FAILURE;
            LOG.warn("{}/{} - cannot look for pending foreign keys: {}", job.queue(), job.consumer(), e.getMessage());
        } finally {
            lookAfter(pause);
        }
    }

    private synchronized void lookAfter(Duration pause) {
        looking = false;
        nextLook = clock.instant().plus(pause);
    }

    private List<ForeignKey> due() {
        return subscriber.query(
                DUE,
                row -> new ForeignKey(
                        row.getString("from_table"), row.getString("fkey_name"), row.getBoolean("is_of_parked")),
                job.queue(),
                job.queue());
    }

    private Duration restore(ForeignKey key) {
        try {
            betweenBatches(ADD, key);
            validate(key);
            LOG.info("{}/{} - {}: foreign key {} restored", job.queue(), job.consumer(), key.table(), key.name());
            return SOON;
        } catch (PgqException e) {
            if (isPassing(e)) {
                return SOON;
            }
            subscriber.one(FAILED, row -> true, key.table(), key.name(), e.getMessage());
            LOG.warn(
                    "{}/{} - {}: foreign key {} stays pending: {}",
                    job.queue(),
                    job.consumer(),
                    key.table(),
                    key.name(),
                    e.getMessage());
            return AFTER_FAILURE;
        }
    }

    private static boolean isPassing(PgqException e) {
        return e.sqlState() != null && PASSING.matcher(e.sqlState()).matches();
    }

    /** Between two batches: a batch has locks on tables in any order, and the two would wait for each other. */
    private void betweenBatches(String change, ForeignKey key) {
        try (var transaction = OpenTransaction.readCommitted(job.subscriber(), PATIENCE)) {
            transaction.session().one(HOLD_POSITION, row -> true, job.consumer());
            transaction.session().one(change, row -> true, key.table(), key.name());
            transaction.commit();
        }
    }

    /** Somebody had a lock when its table was parked, and may have it still. */
    private void putAside(ForeignKey key) {
        try {
            betweenBatches(DROP, key);
        } catch (PgqException e) {
            if (!isPassing(e)) {
                throw e;
            }
        }
    }

    private void validate(ForeignKey key) {
        try (var transaction = OpenTransaction.readCommitted(job.subscriber(), PATIENCE)) {
            transaction.session().one(VALIDATE, row -> true, key.table(), key.name());
            transaction.commit();
        }
    }

    private record ForeignKey(String table, String name, boolean isOfParked) {}
}
