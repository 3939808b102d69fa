package dev.londiste.examples.londiste.demo;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;

/**
 * Customers and staff of the shop: two threads that change rows of the provider at a given rate until closed. Each
 * step is one transaction. Thread-safe.
 */
final class Workload implements AutoCloseable {

    private static final int THREADS = 2;
    private static final Duration TURN = Duration.ofMillis(20);

    /** Two sessions met at the same rows: deadlock, lost foreign key, same new key. The step is simply left out. */
    private static final Set<String> COLLISIONS = Set.of("40P01", "40001", "23503", "23505");

    private final DataSource provider;
    private final List<WorkloadStep> steps = WorkloadStep.parse(Resource.text("workload.sql"));
    private final int weights = steps.stream().mapToInt(WorkloadStep::weight).sum();
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(THREADS);
    private final AtomicLong transactions = new AtomicLong();
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final double perTurn;

    private Workload(DataSource provider, int rate) {
        this.provider = provider;
        this.perTurn = rate * TURN.toMillis() / 1000.0 / THREADS;
    }

    /** Starts changing rows, {@code rate} transactions a second if the server keeps up. */
    static Workload start(DataSource provider, int rate) {
        var workload = new Workload(provider, rate);
        for (int seed = 1; seed <= THREADS; seed++) {
            var random = new Random(seed);
            // A failure is kept by the step itself, see check().
            var unused = workload.threads.scheduleAtFixedRate(
                    () -> workload.turn(random), 0, TURN.toMillis(), TimeUnit.MILLISECONDS);
        }
        return workload;
    }

    /** How many transactions it has committed so far. */
    long transactions() {
        return transactions.get();
    }

    /** Throws what stopped the workload, if anything did. */
    void check() {
        var cause = failure.get();
        if (cause != null) {
            throw new DemoException("The workload failed: " + cause.getMessage(), cause);
        }
    }

    /** Waits for the transactions in hand. */
    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(30, TimeUnit.SECONDS)) {
                throw new DemoException("The workload did not stop within 30 seconds.", null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DemoException("Interrupted while the workload was stopping.", e);
        }
    }

    private void turn(Random random) {
        // A rate that is no multiple of the turns is met on average.
        int count = (int) (perTurn + random.nextDouble());
        for (int i = 0; i < count && !threads.isShutdown() && failure.get() == null; i++) {
            step(WorkloadStep.at(steps, random.nextInt(weights)));
        }
    }

    private void step(WorkloadStep step) {
        try (var connection = provider.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(step.sql());
            transactions.incrementAndGet();
        } catch (SQLException e) {
            if (!COLLISIONS.contains(String.valueOf(e.getSQLState()))) {
                failure.compareAndSet(null, e);
            }
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
        }
    }
}
