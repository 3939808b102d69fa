package dev.londiste.replication.copy;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.Event;
import dev.londiste.pgq.LostPositionException;
import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.pgq.PollOptions;
import dev.londiste.pgq.Tick;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.pgq.read.BatchReader;
import dev.londiste.pgq.read.EventFilter;
import dev.londiste.pgq.read.EventPages.Hold;
import dev.londiste.pgq.read.FetchSize;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.JobPosition.Completed;
import dev.londiste.replication.sync.SubscriberTable;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The queue consumer of one table's copy, which sees the table's events only. Not thread-safe; each call is a transaction
 * of its own on the provider.
 */
final class CopyConsumer {

    private static final int EVENTS_AT_ONCE = 5000;

    private static final String SET_BACK = """
            select pgq.register_consumer_at(?, ?, ?)
            """;

    private static final String LAST_TICK = """
            select last_tick_id from pgq.get_queue_info(?)
            """;

    private static final String NOW = """
            select clock_timestamp()
            """;

    private static final String FORCE_TICK = """
            select londiste.force_tick(?)
            """;

    private final SubscriberTable table;
    private final Jdbc provider;
    private final PgqQueue queue;
    private final PgqConsumerClient client;
    private final BatchReader reader;
    private final Duration patience;

    CopyConsumer(Job job, SubscriberTable table) {
        this.table = table;
        this.patience = job.lockTimeout();
        this.provider = new Jdbc(job.provider());
        this.queue = new PgqQueue(job.provider(), job.queue());
        this.client = new PgqConsumerClient(job.provider(), job.queue(), job.copyConsumer(table));
        var filter = new EventFilter(List.of(table.name()), List.of(), null);
        this.reader = new BatchReader(job.provider(), filter, new FetchSize(EVENTS_AT_ONCE));
    }

    /** Registers it at the queue's last tick, wherever it may have been registered before. */
    Tick reset() {
        client.register();
        long last = provider.one(LAST_TICK, row -> row.getLong(1), queue.name());
        setBack(last);
        return queue.tick(last).orElseThrow();
    }

    private void setBack(long tick) {
        provider.query(SET_BACK, row -> true, queue.name(), client.consumer(), tick);
    }

    /** Sets it to where the subscriber's table stands, if the provider still has that tick. */
    void setBack(Completed completed) {
        require(completed);
        setBack(completed.tickId());
    }

    /** @throws LostPositionException when the provider does not have that very tick */
    void require(Completed completed) {
        if (!has(completed)) {
            throw new LostPositionException(
                    "The copy of table " + table.name() + " goes by tick " + completed.tickId() + " of "
                            + completed.time()
                            + ", which the provider does not have, or not any more; SUBSCRIBER_RESYNC copies it again",
                    Facts.of(queue.name(), client.consumer()).table(table.name()),
                    null);
        }
    }

    boolean has(Completed completed) {
        return queue.tick(completed.tickId()).filter(completed::isTick).isPresent();
    }

    /** Registers it where the subscriber's table stands, if it is not registered any more. */
    void register(Completed completed) {
        client.register(completed.tick());
    }

    /** The open batch, or the next one, of a single tick. */
    Optional<Batch> next() {
        return client.poll(PollOptions.DEFAULT);
    }

    /** The open batch, or the next one that spans so much time, if there is one. */
    Optional<Batch> next(Duration span) {
        return client.poll(new PollOptions(true, null, null, span));
    }

    /** The table's events of the batch in their order, a page at a time. */
    void read(Batch batch, Consumer<List<Event>> each) {
        try (var cursor = reader.open(batch, Hold.IN_TRANSACTION, 0)) {
            for (var page = cursor.nextPage(); !page.isEmpty(); page = cursor.nextPage()) {
                each.accept(page.stream().filter(table::isChangedBy).toList());
            }
        }
    }

    void finish(Batch batch) {
        client.finish(batch);
    }

    /** An idle provider makes no tick by itself for a while; nobody should wait for that (C28). */
    void forceTick() {
        provider.inTransaction(session -> session.one(FORCE_TICK, row -> true, queue.name()));
    }

    /** A tick that everything visible until now comes before; none where ticks are made by somebody else. */
    Optional<Tick> tickNow() {
        return provider.lockTimeout(patience)
                .inTransaction(session -> session.first(FORCE_TICK, row -> row.getObject(1, Long.class), queue.name()))
                .flatMap(queue::tick);
    }

    /** The provider's clock, which gave the ticks their time. */
    Instant now() {
        return provider.one(NOW, row -> row.getObject(1, OffsetDateTime.class).toInstant());
    }

    /** A consumer that is registered and reads nothing stops the queue's rotation. */
    void unregister() {
        client.unregister();
    }
}
