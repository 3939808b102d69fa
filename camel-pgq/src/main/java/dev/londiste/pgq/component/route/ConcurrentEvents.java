package dev.londiste.pgq.component.route;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import org.apache.camel.Exchange;

/**
 * The exchanges of a page run on the threads of a pool. Events that share a lane ({@link EventLanes}) are routed one after
 * the other in event order, others side by side. Not thread-safe itself: one batch at a time.
 */
public final class ConcurrentEvents extends PageByPage {

    private final ExecutorService pool;

    public ConcurrentEvents(EventRoute route, ExecutorService pool) {
        super(route);
        this.pool = pool;
    }

    @Override
    PageResult route(Batch batch, List<Event> page) {
        pending.accept(page.size());
        var run = new PageRun(batch, page);
        run.start();
        return run.await();
    }

    /** One page: what failed or was left out ends its leading row of successes, which is where a retry resumes. */
    private final class PageRun {

        private final Batch batch;
        private final List<Event> page;
        private final List<CompletableFuture<Boolean>> events = new ArrayList<>();
        private final HashMap<String, CompletableFuture<Boolean>> lastOfLane = new HashMap<>();
        private CompletableFuture<?> barrier = CompletableFuture.completedFuture(null);
        private volatile boolean aborted;

        PageRun(Batch batch, List<Event> page) {
            this.batch = batch;
            this.page = page;
        }

        void start() {
            for (int i = 0; i < page.size(); i++) {
                var event = page.get(i);
                var exchange = runner.create();
                RuntimeException unreadable = null;
                List<String> lanes = List.of("event\0" + event.extra1());
                try {
                    lanes = EventLanes.of(
                            event, filler.fill(exchange, batch, page, i).orElse(null));
                } catch (RuntimeException e) {
                    unreadable = e;
                }
                submit(lanes, event, exchange, unreadable);
            }
        }

        private void submit(List<String> lanes, Event event, Exchange exchange, RuntimeException unreadable) {
            var before = new ArrayList<CompletableFuture<?>>();
            before.add(barrier);
            if (lanes == null) {
                before.addAll(events);
            } else {
                lanes.stream().map(lastOfLane::get).filter(last -> last != null).forEach(before::add);
            }
            // Also after a failure: what has not begun then leaves itself out.
            var future = CompletableFuture.allOf(before.toArray(CompletableFuture[]::new))
                    .handleAsync((ignored, failure) -> run(event, exchange, unreadable), pool);
            events.add(future);
            if (lanes == null) {
                barrier = future;
                lastOfLane.clear();
            } else {
                lanes.forEach(lane -> lastOfLane.put(lane, future));
            }
        }

        /** Whether the event is done with. */
        private boolean run(Event event, Exchange exchange, RuntimeException unreadable) {
            if (aborted || !mayGoOn.getAsBoolean()) {
                runner.release(exchange);
                return false;
            }
            try {
                var failure = unreadable == null ? runner.run(exchange) : runner.refuse(exchange, unreadable);
                failure.ifPresent(cause -> policy.failed(batch, event, cause));
                return true;
            } catch (RuntimeException | Error e) {
                aborted = true;
                throw e;
            }
        }

        /** Waits for all; how many succeeded. The first failure in event order is thrown. */
        PageResult await() {
            int done = 0;
            boolean leading = true;
            RuntimeException failure = null;
            for (var event : events) {
                boolean succeeded = false;
                try {
                    succeeded = event.join();
                } catch (CompletionException e) {
                    failure = failure == null && e.getCause() instanceof RuntimeException cause ? cause : failure;
                    failure = failure == null ? e : failure;
                }
                leading = leading && succeeded;
                if (leading) {
                    progress.done(batch);
                }
                done += succeeded ? 1 : 0;
            }
            if (failure != null) {
                throw failure;
            }
            return new PageResult(done, leading);
        }
    }
}
