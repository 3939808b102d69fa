package dev.londiste.pgq.component.route;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.Event;
import dev.londiste.pgq.component.failure.FailurePolicy;
import dev.londiste.pgq.read.BatchReader;
import dev.londiste.pgq.read.EventPages;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/**
 * One exchange per event. A page is done before the next one is read, and no transaction is open meanwhile. Not
 * thread-safe: one batch at a time.
 */
abstract class PageByPage implements Routing {

    private final BatchReader reader;
    private final EventPages.Hold hold;
    final ExchangeRunner runner;
    final EventExchange filler;
    final FailurePolicy policy;
    final Progress progress;
    final BooleanSupplier mayGoOn;
    final IntConsumer pending;

    PageByPage(EventRoute route) {
        this.reader = route.reader();
        this.hold = route.hold();
        this.runner = route.runner();
        this.filler = new EventExchange(route.body());
        this.policy = route.policy();
        this.progress = route.progress();
        this.mayGoOn = route.mayGoOn();
        this.pending = route.pending();
    }

    @Override
    public Result route(Batch batch) {
        int exchanges = 0;
        try (var pages = reader.open(batch, hold, progress.in(batch))) {
            for (var page = pages.nextPage(); !page.isEmpty(); page = pages.nextPage()) {
                var result = route(batch, page);
                exchanges += result.exchanges();
                if (!result.complete()) {
                    return Result.incomplete(exchanges);
                }
            }
            return new Result(exchanges, true, reader.readsAll() ? OptionalLong.of(exchanges) : OptionalLong.empty());
        } finally {
            pending.accept(0);
        }
    }

    /** Incomplete when the route is being stopped; an exception means that the batch has failed. */
    abstract PageResult route(Batch batch, List<Event> page);

    /** As {@link Result}, of one page. */
    record PageResult(int exchanges, boolean complete) {}
}
