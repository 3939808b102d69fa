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
 * Polls with a fixed delay, and at once when woken; a wake-up during a poll leads to another one after it. One thread.
 * Thread-safe.
 */
public final class WakeableScheduler extends ServiceSupport implements ScheduledPollConsumerScheduler {

    private final Duration initialDelay;
    private final Duration delay;
    private CamelContext context;
    private Consumer consumer;
    private Runnable task;
    private ScheduledExecutorService executor;
    private ScheduledFuture<?> next;
    private boolean started;
    private boolean woken;

    public WakeableScheduler(Duration initialDelay, Duration delay) {
        this.initialDelay = initialDelay;
        this.delay = delay;
    }

    public synchronized void wake() {
        if (next != null && next.cancel(false)) {
            schedule(Duration.ZERO);
        } else {
            woken = true;
        }
    }

    private void turn() {
        synchronized (this) {
            next = null;
            woken = false;
        }
        try {
            task.run();
        } finally {
            synchronized (this) {
                if (started) {
                    schedule(woken ? Duration.ZERO : delay);
                }
            }
        }
    }

    private void schedule(Duration wait) {
        next = executor.schedule(this::turn, wait.toNanos(), TimeUnit.NANOSECONDS);
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
