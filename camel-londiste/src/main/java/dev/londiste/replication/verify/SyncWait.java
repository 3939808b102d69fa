package dev.londiste.replication.verify;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.JobPosition.Completed;
import dev.londiste.replication.sync.OpenTransaction;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.sync.TableStates;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until tables are copied and the replay has applied what was committed on the provider before. Thread-safe; it
 * changes nothing, and whoever gives up waiting disturbs nothing.
 */
public final class SyncWait {

    private static final Logger LOG = LoggerFactory.getLogger(SyncWait.class);

    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Job job;
    private final Consumer<SyncProgress> listener;
    private final TableStates states;
    private final ReplayWatch watch;

    /** The listener hears of every step, on the thread that waits. */
    public SyncWait(Job job, Consumer<SyncProgress> listener) {
        this.job = job;
        this.listener = listener;
        this.states = new TableStates(job);
        this.watch = new ReplayWatch(job);
    }

    /**
     * A row for each table, once all are in sync. Without names all tables of the job, those included that are added
     * meanwhile.
     *
     * @param timeout zero to wait for ever
     * @throws PgqException when time is up, or a table cannot come in sync since it is parked
     */
    public List<Map<String, Object>> await(TablePatterns which, Duration timeout) {
        long start = System.nanoTime();
        long tick = watch.tickToAwait();
        SyncProgress last = null;
        while (true) {
            var seen = look(which);
            var progress = seen.progress(job, tick);
            if (!progress.equals(last)) {
                tell(progress);
                last = progress;
            }
            if (progress.isInSync()) {
                return seen.rows(progress);
            }
            if (!timeout.isZero() && System.nanoTime() - start > timeout.toNanos()) {
                throw refused(seen.sentence(job, timeout, progress));
            }
            ReplayWatch.pause(PAUSE);
        }
    }

    private void tell(SyncProgress progress) {
        LOG.info(
                "{}/{} - {} of {} tables are ok, the replay is at tick {}, waiting for {}",
                job.queue(),
                job.consumer(),
                progress.tablesOk(),
                progress.tables(),
                progress.appliedTick(),
                progress.awaitedTick());
        listener.accept(progress);
    }

    private Seen look(TablePatterns which) {
        try (var subscriber = OpenTransaction.readCommitted(job.subscriber(), job.lockTimeout())) {
            var tables = tables(which, subscriber.session());
            var applied = watch.ofThisProvider(subscriber.session()).map(Completed::tickId);
            return new Seen(tables, applied.orElse(null));
        }
    }

    private List<SubscriberTable> tables(TablePatterns which, JdbcSession subscriber) {
        var all = states.all(subscriber).stream()
                .collect(Collectors.toMap(
                        SubscriberTable::name, table -> table, (one, other) -> one, LinkedHashMap::new));
        var names = which.isEmpty() ? all.keySet() : which.resolve(all.keySet());
        names.forEach(name -> requireHope(name, all.get(name)));
        return names.stream().map(all::get).toList();
    }

    private void requireHope(String name, SubscriberTable table) {
        if (table == null) {
            throw refused("Table " + name + " is not registered on the subscriber of queue " + job.queue());
        }
        if (table.isParked()) {
            throw refused("Table " + name + " is parked and will not come in sync: " + table.parkedReason()
                    + "; RESYNC or REMOVE it");
        }
    }

    private PgqException refused(String sentence) {
        return new PgqException(sentence, job.facts().sqlState("LD009"), null);
    }

    /** The subscriber as it was at one look. */
    private record Seen(List<SubscriberTable> tables, Long appliedTick) {

        SyncProgress progress(Job job, long tick) {
            int ok = (int) tables.stream().filter(SubscriberTable::isReplayed).count();
            return new SyncProgress(job.name(), ok, tables.size(), appliedTick, tick);
        }

        List<Map<String, Object>> rows(SyncProgress progress) {
            return tables.stream()
                    .map(table -> {
                        Map<String, Object> row = new LinkedHashMap<>();
                        row.put("table_name", table.name());
                        row.put("state", table.state().toString());
                        row.put("tick_id", progress.appliedTick());
                        return row;
                    })
                    .toList();
        }

        String sentence(Job job, Duration timeout, SyncProgress progress) {
            var waiting = tables.stream()
                    .filter(table -> !table.isReplayed())
                    .map(table -> "table " + table.name() + " is " + table.state() + ", ")
                    .collect(Collectors.joining());
            return "Job " + job.name() + " is not in sync after " + timeout.toMillis() + " ms: " + waiting
                    + "the replay is at tick " + progress.appliedTick() + " and has to reach " + progress.awaitedTick();
        }
    }
}
