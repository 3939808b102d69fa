package dev.londiste.examples.londiste.demo;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Looks at the replication a few times a second and shows what it sees. Used by one thread. */
final class Observer {

    private static final Duration FRAME = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Replication replication;
    private final Screen screen;
    private final Duration length;
    private final long start = System.nanoTime();
    private final Speed speed = new Speed();
    private long transactions;

    Observer(Replication replication, Screen screen, Duration length) {
        this.replication = replication;
        this.screen = screen;
        this.length = length;
    }

    /** Shows the workload's time pass. */
    void watch(Workload workload) {
        while (elapsed(start).compareTo(length) < 0) {
            frame(workload);
        }
    }

    /** Shows the workload until the process ends. */
    void watchForEver(Workload workload) {
        while (true) {
            frame(workload);
        }
    }

    /** Returns when every table is ok and everything that is committed now is on the subscriber: how long that took. */
    Duration waitForLagZero() {
        long waiting = System.nanoTime();
        long tick = replication.tick();
        var status = look();
        while (!status.tables().stream().allMatch(TableProgress::ok) || status.tick() < tick) {
            if (elapsed(waiting).compareTo(PATIENCE) > 0) {
                throw new DemoException(
                        "Replication has not caught up within %d minutes.%s"
                                .formatted(
                                        PATIENCE.toMinutes(),
                                        status.error() == null ? "" : " It says: " + status.error()),
                        null);
            }
            LockSupport.parkNanos(FRAME.toNanos() / 10);
            status = look();
        }
        return elapsed(waiting);
    }

    private void frame(Workload workload) {
        workload.check();
        transactions = workload.transactions();
        look();
        LockSupport.parkNanos(FRAME.toNanos());
    }

    private ReplayStatus look() {
        var status = replication.status();
        screen.show(new Progress(
                elapsed(start), length, transactions, speed.perSecond(status.events(), System.nanoTime()), status));
        return status;
    }

    private static Duration elapsed(long since) {
        return Duration.ofNanos(System.nanoTime() - since);
    }
}
