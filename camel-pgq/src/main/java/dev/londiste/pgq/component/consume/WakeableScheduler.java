package dev.londiste.pgq.component.consume;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.spi.ScheduledPollConsumerScheduler;
import org.apache.camel.support.service.ServiceSupport;

/**
 * Polls with a delay, a short one for a while after something was found, and at once when woken; a wake-up during a poll
 * leads to another one after it. One thread. Thread-safe.
 */
public final class WakeableScheduler extends ServiceSupport implements ScheduledPollConsumerScheduler {

    private final Duration initialDelay;
    private final PollPace pace;
    private CamelContext context;
    private Consumer consumer;
    private Runnable task;
    private ScheduledExecutorService executor;
    private ScheduledFuture<?> next;
    /** Counts what was scheduled: the last one runs, and any before it that could not be cancelled any more does not. */
    private long scheduled;

    private boolean started;

    public WakeableScheduler(Duration initialDelay, Duration delay) {
        this.initialDelay = initialDelay;
        this.pace = new PollPace(delay, System::nanoTime);
    }

    /** A poll begins: it will see whatever woke us before. */
    public void polling() {
        pace.polling();
    }

    /** A poll brought exchanges. */
    public void worked() {
        pace.worked();
    }

    public synchronized void wake() {
        if (next != null) {
            next.cancel(false);
            schedule(Duration.ZERO);
        } else {
            pace.wake();
        }
    }

    private void turn(long number) {
        synchronized (this) {
            if (number != scheduled) {
                return;
            }
            next = null;
        }
        pace.polling();
        try {
            task.run();
        } finally {
            synchronized (this) {
                if (started && number == scheduled) {
                    schedule(pace.untilNext());
                }
            }
        }
    }

    private void schedule(Duration wait) {
        long number = ++scheduled;
        next = executor.schedule(() -> turn(number), wait.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void onInit(Consumer pollingConsumer) {
        this.consumer = pollingConsumer;
    }

    @Override
    public void scheduleTask(Runnable pollingTask) {
        this.task = pollingTask;
    }

    @Override
    public synchronized void startScheduler() {
        if (!started) {
            started = true;
            schedule(initialDelay);
        }
    }

    @Override
    public synchronized void unscheduleTask() {
        started = false;
        scheduled++;
        if (next != null) {
            next.cancel(true);
            next = null;
        }
    }

    @Override
    public synchronized boolean isSchedulerStarted() {
        return started;
    }

    @Override
    protected synchronized void doStart() {
        executor = context.getExecutorServiceManager()
                .newSingleThreadScheduledExecutor(
                        consumer, consumer.getEndpoint().getEndpointUri());
    }

    @Override
    protected void doStop() {
        unscheduleTask();
        context.getExecutorServiceManager().shutdownNow(executor);
    }

    @Override
    public CamelContext getCamelContext() {
        return context;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.context = camelContext;
    }
}
