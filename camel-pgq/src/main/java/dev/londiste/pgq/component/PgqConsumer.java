package dev.londiste.pgq.component;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.component.consume.ConsumerStatus;
import dev.londiste.pgq.component.consume.Exclusive;
import dev.londiste.pgq.component.consume.OncePerCause;
import dev.londiste.pgq.component.consume.Polls;
import dev.londiste.pgq.component.consume.Provider;
import dev.londiste.pgq.component.consume.WakeableScheduler;
import dev.londiste.pgq.jdbc.ConnectionsNeeded;
import dev.londiste.pgq.jdbc.Jdbc;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.camel.Processor;
import org.apache.camel.ShutdownRunningTask;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedOperation;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.spi.ShutdownAware;
import org.apache.camel.support.ScheduledPollConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Consumes the batches of a queue on the scheduler's thread; all work is done by {@link Polls}. */
@ManagedResource(description = "Consumer of a PgQ queue")
public class PgqConsumer extends ScheduledPollConsumer implements ShutdownAware {

    private static final Logger LOG = LoggerFactory.getLogger(PgqConsumer.class);

    private static final Duration POLL_AT_REST = Duration.ofMillis(300);

    private final PgqEndpoint endpoint;
    private final PgqConfiguration configuration;
    private OncePerCause failures;
    private Exclusive exclusive = Exclusive.NOT;
    private Polls polls;
    private final ConsumerStatus watch = new ConsumerStatus(Clock.systemUTC());
    private final List<ExecutorService> pools = new ArrayList<>();
    private volatile ShutdownRunningTask shutdownRunningTask;
    private volatile int pendingExchanges;
    private AutoCloseable ticks = () -> {};
    private Optional<WakeableScheduler> wakeable = Optional.empty();
    private AutoCloseable meters = () -> {};
    /** Held while a poll runs. */
    private final ReentrantLock polling = new ReentrantLock();

    public PgqConsumer(PgqEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.configuration = endpoint.getConfiguration();
    }

    @Override
    protected void doStart() throws Exception {
        if (failures == null) {
            failures = new OncePerCause(getExceptionHandler());
            setExceptionHandler(failures);
        }
        open(endpoint.provider());
        if (configuration.isNotify() && isSchedulerOurs()) {
            listen(endpoint.provider());
        }
        super.doStart();
        if (hasMicrometer()) {
            meters = PgqMeters.bind(endpoint.getCamelContext(), this);
        }
    }

    @Override
    protected void doBuild() throws Exception {
        setHealthCheck(new PgqConsumerHealthCheck(this, "consumer:" + getRouteId(), configuration.getLagThreshold()));
        super.doBuild();
    }

    private boolean hasMicrometer() {
        return endpoint.getCamelContext().getClassResolver().resolveClass("io.micrometer.core.instrument.MeterRegistry")
                != null;
    }

    /** Not when the user has named a scheduler, a thread pool or a fixed rate. */
    private boolean isSchedulerOurs() {
        return getScheduledExecutorService() == null
                && isUseFixedDelay()
                && (getScheduler() == null || getScheduler() instanceof WakeableScheduler);
    }

    private void listen(Provider provider) {
        var scheduler = new WakeableScheduler(
                Duration.of(getInitialDelay(), getTimeUnit().toChronoUnit()),
                Duration.of(getDelay(), getTimeUnit().toChronoUnit()));
        setScheduler(scheduler);
        wakeable = Optional.of(scheduler);
        ticks = provider.standing().onTick(queue -> {
            if (queue == null || queue.equals(endpoint.getQueue())) {
                scheduler.wake();
            }
        });
    }

    private void open(Provider provider) {
        var setup = new ConsumerSetup(this, endpoint);
        exclusive = setup.exclusive();
        polls = setup.polls(exclusive, watch, count -> pendingExchanges = count);
        prepare();
        if (configuration.isTicker()) {
            provider.maintain(endpoint.getQueue());
        }
    }

    /** A wrong configuration stops the start; a server that is down does not: the polls go on trying. */
    private void prepare() {
        try {
            requireConnections();
            polls.prepare();
        } catch (PgqException e) {
            if (!Jdbc.isTransient(e)) {
                throw e;
            }
            LOG.warn(
                    "{}/{} - not ready yet, will try again: {}",
                    endpoint.getQueue(),
                    configuration.getConsumerName(),
                    e.getMessage());
        }
    }

    /** One that reads, one that finishes or puts aside what failed; the standing one is there already. */
    private void requireConnections() {
        ConnectionsNeeded.require(
                configuration.isBatching() ? 1 : 2,
                configuration.getDataSource(),
                endpoint.getQueue(),
                configuration.getConsumerName());
    }

    /** Threads for exchanges side by side, until the consumer stops. */
    ExecutorService pool(int size) {
        var pool = endpoint.getCamelContext()
                .getExecutorServiceManager()
                .newFixedThreadPool(this, "pgq-" + endpoint.getQueue(), size);
        pools.add(pool);
        return pool;
    }

    /** One thread for signs of life, until the consumer stops. */
    ScheduledExecutorService keepers() {
        var keepers = endpoint.getCamelContext()
                .getExecutorServiceManager()
                .newSingleThreadScheduledExecutor(this, "pgq-alive-" + endpoint.getQueue());
        pools.add(keepers);
        return keepers;
    }

    @Override
    protected int poll() {
        polling.lock();
        try {
            // While doSuspend waits for a poll, the scheduler knows nothing of it yet and begins the next.
            return isSuspendingOrSuspended() ? 0 : pollAlone();
        } finally {
            polling.unlock();
        }
    }

    private int pollAlone() {
        shutdownRunningTask = null;
        pendingExchanges = 0;
        long before = watch.events();
        wakeable.ifPresent(WakeableScheduler::polling);
        int done = polls.poll();
        if (watch.events() > before) {
            wakeable.ifPresent(WakeableScheduler::worked);
        }
        forceConsumerAsReady();
        failures.reset();
        return done;
    }

    /** A poll at rest ends in a moment. Waiting for it spares Camel a second look, which comes a whole second later. */
    @Override
    protected void doSuspend() throws Exception {
        super.doSuspend();
        if (polling.tryLock(POLL_AT_REST.toMillis(), TimeUnit.MILLISECONDS)) {
            polling.unlock();
        }
    }

    @Override
    protected void doStop() throws Exception {
        ticks.close();
        meters.close();
        super.doStop();
        pools.forEach(endpoint.getCamelContext().getExecutorServiceManager()::shutdownNow);
        pools.clear();
        try {
            exclusive.release();
        } catch (PgqException e) {
            LOG.debug("{}/{} - {}", endpoint.getQueue(), configuration.getConsumerName(), e.getMessage());
        }
    }

    @ManagedAttribute(description = "Name of the queue")
    public String getQueue() {
        return endpoint.getQueue();
    }

    @ManagedAttribute(description = "Name of the consumer")
    public String getConsumerName() {
        return configuration.getConsumerName();
    }

    @ManagedAttribute(description = "active, or standby while another process consumes")
    public String getRole() {
        return watch.role();
    }

    @ManagedAttribute(description = "The batch in hand")
    public Long getBatchId() {
        return watch.batchId().orElse(null);
    }

    Duration silence() {
        return watch.silence();
    }

    @ManagedAttribute(description = "How long the batch in hand has been open")
    public double getBatchAgeSeconds() {
        return watch.batchAge().toMillis() / 1000.0;
    }

    @ManagedAttribute(description = "How long ago the events in hand were ready")
    public double getLagSeconds() {
        return watch.lag().toMillis() / 1000.0;
    }

    @ManagedAttribute(description = "Exchanges of finished batches")
    public long getEventCount() {
        return watch.events();
    }

    @ManagedAttribute(description = "Finished batches")
    public long getBatchCount() {
        return watch.batches();
    }

    @ManagedAttribute(description = "How long all finished batches were open together")
    public double getBatchTimeSeconds() {
        return watch.batchTime().toMillis() / 1000.0;
    }

    @ManagedAttribute(description = "Failed polls")
    public long getFailureCount() {
        return watch.failures();
    }

    @ManagedAttribute(description = "Why the last poll failed")
    public String getLastFailure() {
        return watch.lastFailure().orElse(null);
    }

    @ManagedOperation(description = "Skip the batch in hand: its events go to the failed queue with this reason")
    public void skipBatch(String reason) {
        polls.skipBatch(reason);
    }

    /** Whether the exchange after this one may be routed: not when the route is being stopped, unless it completes all. */
    boolean isBatchAllowed() {
        return isRunAllowed()
                && (shutdownRunningTask == null || shutdownRunningTask == ShutdownRunningTask.CompleteAllTasks);
    }

    @Override
    public boolean deferShutdown(ShutdownRunningTask task) {
        shutdownRunningTask = task;
        return false;
    }

    /** At least one while polling: the batch in hand may be about to become exchanges. */
    @Override
    public int getPendingExchangesSize() {
        int pending = shutdownRunningTask == ShutdownRunningTask.CompleteAllTasks ? pendingExchanges : 0;
        return Math.max(pending, polling.isLocked() ? 1 : 0);
    }

    @Override
    public void prepareShutdown(boolean suspendOnly, boolean forced) {}
}
