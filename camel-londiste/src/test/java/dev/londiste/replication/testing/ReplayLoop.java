package dev.londiste.replication.testing;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.londiste.pgq.Batch;
import dev.londiste.pgq.BatchParticipant.Stance;
import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PollOptions;
import dev.londiste.pgq.read.BatchReader;
import dev.londiste.pgq.read.EventFilter;
import dev.londiste.pgq.read.EventPages.Hold;
import dev.londiste.pgq.read.FetchSize;
import dev.londiste.replication.copy.CopyOptions;
import dev.londiste.replication.copy.TableCopies;
import dev.londiste.replication.source.TableAppliers;
import dev.londiste.replication.sync.ForeignKeyRestorer;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.Mirror;
import dev.londiste.replication.sync.Replay;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.sql.DataSource;

/** A replay with its copies, and a consumer that does what the pgq component does, without Camel. */
public final class ReplayLoop implements AutoCloseable {

    private final HikariDataSource provider;
    private final HikariDataSource subscriber;
    private final Job given;
    private final PgqConsumerClient consumer;
    private final BatchReader reader;
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final TableCopies copies;
    private final Replay replay;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean stopped;
    private volatile RuntimeException lastError;
    private Thread thread;

    public ReplayLoop(DataSource provider, DataSource subscriber, String queue, String name) {
        this(provider, subscriber, queue, name, CopyOptions.DEFAULT);
    }

    public ReplayLoop(DataSource provider, DataSource subscriber, String queue, String name, CopyOptions options) {
        this(provider, subscriber, queue, name, options, job -> Mirror.NONE);
    }

    public ReplayLoop(
            DataSource provider,
            DataSource subscriber,
            String queue,
            String name,
            CopyOptions options,
            Function<Job, Mirror> mirror) {
        this.provider = pool(provider);
        this.subscriber = pool(subscriber);
        this.given = new Job(name, queue, name, provider, subscriber, Duration.ofSeconds(10));
        var job = new Job(name, queue, name, this.provider, this.subscriber, Duration.ofSeconds(10));
        this.consumer = new PgqConsumerClient(this.provider, queue, name);
        this.reader = new BatchReader(this.provider, EventFilter.ALL, new FetchSize(5000));
        var appliers = new TableAppliers(job);
        var clock = Clock.systemUTC();
        this.copies = new TableCopies(job, appliers, options, executor, clock);
        var foreignKeys = new ForeignKeyRestorer(job, executor, clock);
        this.replay = new Replay(job, appliers, copies, foreignKeys, mirror.apply(job), false, clock);
    }

    /** As in a route; a server process for each statement costs most of a test's time. */
    private static HikariDataSource pool(DataSource connections) {
        var config = new HikariConfig();
        config.setDataSource(connections);
        config.setMaximumPoolSize(20);
        config.setMinimumIdle(0);
        config.setInitializationFailTimeout(-1);
        config.setConnectionTimeout(5000);
        return new HikariDataSource(config);
    }

    public Replay replay() {
        return replay;
    }

    public TableCopies copies() {
        return copies;
    }

    /** The job over the connections that were given, which goes on when this one is closed. */
    public Job job() {
        return given;
    }

    public RuntimeException lastError() {
        return lastError;
    }

    public ReplayLoop start() {
        thread = new Thread(this::run, "replay");
        thread.start();
        return this;
    }

    /** Polls until it is stopped; the errors of a poll are kept, and the next poll follows. */
    public void run() {
        while (!stopped) {
            try {
                if (!poll()) {
                    pause(20);
                }
            } catch (RuntimeException e) {
                lastError = e;
                pause(100);
            }
        }
    }

    private void pause(int millis) {
        try {
            stopped |= ended.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped = true;
        }
    }

    public void register() {
        consumer.register(replay.position());
    }

    /** The open batch, or the next one. */
    public Batch next() {
        return consumer.poll(PollOptions.DEFAULT).orElse(null);
    }

    /** One poll; answers whether there is reason to poll again at once. */
    public boolean poll() {
        register();
        var batch = consumer.poll(PollOptions.DEFAULT);
        if (batch.isEmpty()) {
            replay.idle();
            return false;
        }
        return take(batch.get());
    }

    private boolean take(Batch batch) {
        var stance = replay.begin(batch);
        if (stance == Stance.ACTIVE) {
            apply(batch);
        }
        if (stance == Stance.STANDING_BY) {
            return false;
        }
        consumer.finish(batch);
        return true;
    }

    private void apply(Batch batch) {
        try {
            accept(batch);
            replay.commit(batch);
        } catch (RuntimeException e) {
            replay.rollback(batch, e);
            throw e;
        }
    }

    /** Gives the replay every event of a batch that it has begun. */
    public void accept(Batch batch) {
        try (var cursor = reader.open(batch, Hold.IN_TRANSACTION, 0)) {
            for (var page = cursor.nextPage(); !page.isEmpty(); page = cursor.nextPage()) {
                page.forEach(event -> replay.accept(batch.id(), event));
            }
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stopped = true;
        ended.countDown();
        if (thread != null) {
            thread.interrupt();
            join(thread);
        }
        replay.close();
        executor.shutdownNow();
        provider.close();
        subscriber.close();
    }
}
