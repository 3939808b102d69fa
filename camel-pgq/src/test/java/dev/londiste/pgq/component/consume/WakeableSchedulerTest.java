package dev.londiste.pgq.component.consume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import org.apache.camel.Consumer;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultThreadPoolFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WakeableSchedulerTest {

    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final Duration FOR_EVER = Duration.ofHours(1);

    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final WakeableScheduler scheduler = new WakeableScheduler(MOMENT, FOR_EVER);
    private final Semaphore polls = new Semaphore(0);
    private final Semaphore mayEnd = new Semaphore(0);
    private volatile Thread thread;
    private Queue<Runnable> waiting;

    @BeforeEach
    void start() throws Exception {
        camel.getExecutorServiceManager().setThreadPoolFactory(new DefaultThreadPoolFactory() {
            @Override
            public ScheduledExecutorService newScheduledThreadPool(ThreadPoolProfile profile, ThreadFactory threads) {
                var pool = new ScheduledThreadPoolExecutor(1, task -> thread = threads.newThread(task));
                waiting = pool.getQueue();
                return pool;
            }
        });
        camel.start();
        scheduler.setCamelContext(camel);
        scheduler.onInit(consumer());
        scheduler.scheduleTask(() -> {
            polls.release();
            mayEnd.acquireUninterruptibly();
        });
        scheduler.start();
    }

    private Consumer consumer() {
        return new DefaultConsumer(camel.getEndpoint("mock:any"), exchange -> {});
    }

    @AfterEach
    void stop() {
        mayEnd.release(1000);
        scheduler.stop();
        camel.stop();
    }

    @Test
    void aWakeUpAtTheVeryMomentThatAPollBeginsDoesNotMakeTwoOfIt() throws Exception {
        synchronized (scheduler) {
            scheduler.startScheduler();
            await().until(() -> thread != null && thread.getState() == Thread.State.BLOCKED);
            scheduler.wake();
        }
        polls.acquire();
        assertThat(waiting).isEmpty();
    }

    @Test
    void aWakeUpEndsTheWait() throws Exception {
        scheduler.startScheduler();
        polls.acquire();
        mayEnd.release();
        await().until(() -> waiting.size() == 1);
        scheduler.wake();
        polls.acquire();
    }

    @Test
    void oneThatIsStoppedAtTheVeryMomentThatAPollBeginsDoesNotPoll() {
        synchronized (scheduler) {
            scheduler.startScheduler();
            await().until(() -> thread != null && thread.getState() == Thread.State.BLOCKED);
            scheduler.unscheduleTask();
        }
        await().until(() -> thread.getState() == Thread.State.WAITING);
        assertThat(polls.availablePermits()).isZero();
    }

    @Test
    void oneThatIsStartedAgainDuringAPollPollsOnceInTurn() throws Exception {
        scheduler.startScheduler();
        polls.acquire();
        scheduler.unscheduleTask();
        scheduler.startScheduler();
        mayEnd.release();
        polls.acquire();
        assertThat(waiting).isEmpty();
    }
}
