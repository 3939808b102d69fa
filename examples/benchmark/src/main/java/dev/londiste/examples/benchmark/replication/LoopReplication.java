package dev.londiste.examples.benchmark.replication;

import dev.londiste.examples.benchmark.server.Database;
import dev.londiste.pgq.Batch;
import dev.londiste.pgq.PgqBatch;
import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.pgq.PollOptions;
import dev.londiste.pgq.read.BatchReader;
import dev.londiste.pgq.read.EventFilter;
import dev.londiste.pgq.read.FetchSize;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** The queue and the triggers of this project, read by a plain loop that applies in a way of its own. No position. */
public final class LoopReplication implements Replication {

    private static final String QUEUE = "benchmark";
    private static final int FETCH_SIZE = 5_000;
    private static final Duration PAUSE = Duration.ofMillis(10);

    private final Database provider;
    private final Database subscriber;
    private final BatchApplier.Maker way;
    private final PgqConsumerClient consumer;
    private List<String> tables;
    private volatile boolean stopped;
    private Thread thread;

    public LoopReplication(Database provider, Database subscriber, BatchApplier.Maker way) {
        this.provider = provider;
        this.subscriber = subscriber;
        this.way = way;
        this.consumer = new PgqConsumerClient(provider.dataSource(), QUEUE, "loop");
    }

    public static Replication.Maker of(BatchApplier.Maker way) {
        return (provider, subscriber) -> new LoopReplication(provider, subscriber, way);
    }

    @Override
    public void install(List<String> names) throws SQLException {
        tables = names;
        new PgqQueue(provider.dataSource(), QUEUE).create();
        consumer.register();
    }

    @Override
    public void addTables() throws SQLException {
        for (var table : tables) {
            provider.value("select londiste.provider_add_table('" + QUEUE + "', 'public." + table + "')");
        }
        resume();
    }

    @Override
    public void pause() {
        stopped = true;
        if (thread != null) {
            join();
        }
    }

    @Override
    public void resume() {
        stopped = false;
        thread = new Thread(this::loop, "loop");
        thread.start();
    }

    private void loop() {
        while (!stopped) {
            var batch = consumer.poll(PollOptions.DEFAULT);
            if (batch.isPresent()) {
                apply(batch.get());
                consumer.finish(batch.get());
            } else {
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private void apply(Batch batch) {
        var reader = new BatchReader(provider.dataSource(), EventFilter.ALL, new FetchSize(FETCH_SIZE));
        try (var connection = subscriber.connect();
                var events = PgqBatch.open(batch, reader)) {
            connection.setAutoCommit(false);
            way.of(tables).apply(connection, events);
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void join() {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        pause();
    }
}
