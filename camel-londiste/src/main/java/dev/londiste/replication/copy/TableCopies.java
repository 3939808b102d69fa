package dev.londiste.replication.copy;

import dev.londiste.replication.sync.ChangeAppliers;
import dev.londiste.replication.sync.CopySupervisor;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.sync.TableState.Kind;
import java.time.Clock;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The copies of a job: at most so many workers as the options say beside the replay, each for one table. A worker that failed
 * is started again after a pause that grows. Thread-safe.
 */
public final class TableCopies implements CopySupervisor {

    private static final Logger LOG = LoggerFactory.getLogger(TableCopies.class);

    /** Those that are nearest to ok first: the replay may be waiting for them. */
    private static final Comparator<SubscriberTable> NEAREST_FIRST = Comparator.comparing(
                    (SubscriberTable table) -> table.state().kind())
            .reversed()
            .thenComparing(SubscriberTable::nr);

    private final Job job;
    private final CopyJob copy;
    private final ExecutorService executor;
    private final Clock clock;
    private final StaleCopyConsumers staleConsumers;
    private final Map<Integer, CopyWorker> running = new HashMap<>();
    private final Map<Integer, CopyFailures> failures = new HashMap<>();

    public TableCopies(Job job, ChangeAppliers appliers, CopyOptions options, ExecutorService executor, Clock clock) {
        this.job = job;
        this.copy = new CopyJob(job, options, new Throttle(options.rowsPerSecond()), appliers, executor);
        this.executor = executor;
        this.clock = clock;
        this.staleConsumers = new StaleCopyConsumers(job, clock);
    }

    @Override
    public synchronized void supervise(List<SubscriberTable> tables) {
        stopOthers(tables);
        forgetFailures(tables);
        tables.stream()
                .filter(table -> !table.isParked() && !table.state().is(Kind.OK))
                .sorted(NEAREST_FIRST)
                .filter(this::mayStart)
                .forEach(this::start);
        if (staleConsumers.isDue() && !executor.isShutdown()) {
            executor.execute(() -> staleConsumers.remove(this::isRunning));
        }
    }

    /** Work on a table that was parked or removed leads nowhere (C35). */
    private void stopOthers(List<SubscriberTable> tables) {
        var copied = tables.stream()
                .filter(table -> !table.isParked())
                .map(SubscriberTable::nr)
                .collect(Collectors.toSet());
        running.forEach((nr, worker) -> {
            if (!copied.contains(nr)) {
                worker.stop();
            }
        });
    }

    /**
     * A worker that dies between the hand-over and the end of its consumer leaves a table that needs no other one, which
     * could tell that all is well.
     */
    private void forgetFailures(List<SubscriberTable> tables) {
        var copied = tables.stream()
                .filter(table -> !table.state().is(Kind.OK))
                .map(SubscriberTable::nr)
                .collect(Collectors.toSet());
        failures.keySet().removeIf(nr -> !copied.contains(nr) && !running.containsKey(nr));
    }

    /** The replay waits for a table in do-sync, so that one needs no free place. */
    private boolean mayStart(SubscriberTable table) {
        var failed = failures.get(table.nr());
        return !running.containsKey(table.nr())
                && (running.size() < copy.options().parallelCopies()
                        || table.state().is(Kind.DO_SYNC))
                && (failed == null || failed.mayRetryAt(clock.instant()))
                && !executor.isShutdown();
    }

    private void start(SubscriberTable table) {
        if (!mayStart(table)) {
            return;
        }
        var worker = new CopyWorker(copy, table);
        running.put(table.nr(), worker);
        executor.execute(() -> run(table, worker));
    }

    private void run(SubscriberTable table, CopyWorker worker) {
        try {
            worker.run();
            ended(table, worker, null);
        } catch (RuntimeException e) {
            ended(table, worker, e);
        } catch (Error e) {
            // As out of memory: the table must not wait for a worker that is gone.
            ended(table, worker, new IllegalStateException(e));
            throw e;
        }
    }

    private synchronized void ended(SubscriberTable table, CopyWorker worker, RuntimeException failure) {
        running.remove(table.nr(), worker);
        if (failure == null || worker.isStopped()) {
            failures.remove(table.nr());
            return;
        }
        var count = failures.computeIfAbsent(table.nr(), nr -> new CopyFailures());
        if (count.add(failure, clock.instant())) {
            LOG.warn(
                    "{}/{} - {}: copy interrupted, trying again: {}",
                    job.queue(),
                    job.consumer(),
                    table.name(),
                    count.message());
            LOG.debug("Copy of {} interrupted", table.name(), failure);
        }
    }

    private synchronized boolean isRunning(int nr) {
        return running.containsKey(nr);
    }

    /** The last error of the copies that failed and were not successful since, by table number. */
    public synchronized Map<Integer, String> errors() {
        var errors = new HashMap<Integer, String>();
        failures.forEach((nr, failed) -> {
            if (failed.message() != null) {
                errors.put(nr, failed.message());
            }
        });
        return errors;
    }

    @Override
    public synchronized void stop(Collection<Integer> tables) {
        tables.stream().map(running::get).filter(Objects::nonNull).forEach(CopyWorker::stop);
    }

    @Override
    public synchronized void stop() {
        running.values().forEach(CopyWorker::stop);
    }
}
