package dev.londiste.pgq.component.consume;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.Event;
import dev.londiste.pgq.read.BatchReader;
import dev.londiste.pgq.read.EventPages;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.apache.camel.ExchangePropertyKey;

/** One exchange per event, in event order, on the consumer's thread. Not thread-safe. */
public final class EventByEvent implements Routing {

    private final BatchReader reader;
    private final EventPages.Hold hold;
    private final ExchangeRunner runner;
    private final EventExchange filler;
    private final FailurePolicy policy;
    private final Progress progress;
    private final BooleanSupplier mayGoOn;
    private final IntConsumer pending;

    public EventByEvent(
            BatchReader reader,
            EventPages.Hold hold,
            ExchangeRunner runner,
            EventBody body,
            FailurePolicy policy,
            Progress progress,
            BooleanSupplier mayGoOn,
            IntConsumer pending) {
        this.reader = reader;
        this.hold = hold;
        this.runner = runner;
        this.filler = new EventExchange(body);
        this.policy = policy;
        this.progress = progress;
        this.mayGoOn = mayGoOn;
        this.pending = pending;
    }

    @Override
    public Result route(Batch batch) {
        int exchanges = 0;
        try (var cursor = reader.open(batch, hold, progress.in(batch))) {
            for (var page = cursor.nextPage(); !page.isEmpty(); page = cursor.nextPage()) {
                int routed = route(batch, page);
                exchanges += routed;
                if (routed < page.size()) {
                    return new Result(exchanges, false);
                }
            }
            return new Result(exchanges, true);
        } finally {
            pending.accept(0);
        }
    }

    /** How many were routed: fewer than there are when the route is being stopped. */
    private int route(Batch batch, List<Event> page) {
        for (int i = 0; i < page.size(); i++) {
            pending.accept(page.size() - i);
            if (!mayGoOn.getAsBoolean()) {
                return i;
            }
            var event = page.get(i);
            route(batch, event, i, page.size()).ifPresent(cause -> policy.failed(batch, event, cause));
            progress.done(batch);
        }
        return page.size();
    }

    private Optional<Throwable> route(Batch batch, Event event, int index, int size) {
        var exchange = runner.create();
        try {
            filler.fill(exchange, batch, event);
        } catch (RuntimeException e) {
            // Data that cannot become the body asked for: the event has failed, as if the route had.
            return runner.refuse(exchange, e);
        }
        exchange.setProperty(ExchangePropertyKey.BATCH_INDEX, index);
        exchange.setProperty(ExchangePropertyKey.BATCH_SIZE, size);
        exchange.setProperty(ExchangePropertyKey.BATCH_COMPLETE, index == size - 1);
        return runner.run(exchange);
    }
}
