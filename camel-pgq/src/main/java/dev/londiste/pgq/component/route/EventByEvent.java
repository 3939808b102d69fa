package dev.londiste.pgq.component.route;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.Event;
import java.util.List;
import java.util.Optional;

/** One exchange after the other, in event order, on the consumer's thread. Not thread-safe. */
public final class EventByEvent extends PageByPage {

    public EventByEvent(EventRoute route) {
        super(route);
    }

    @Override
    PageResult route(Batch batch, List<Event> page) {
        for (int i = 0; i < page.size(); i++) {
            pending.accept(page.size() - i);
            if (!mayGoOn.getAsBoolean()) {
                return new PageResult(i, false);
            }
            var event = page.get(i);
            route(batch, page, i).ifPresent(cause -> policy.failed(batch, event, cause));
            progress.done(batch);
        }
        return new PageResult(page.size(), true);
    }

    private Optional<Throwable> route(Batch batch, List<Event> page, int index) {
        var exchange = runner.create();
        try {
            filler.fill(exchange, batch, page, index);
        } catch (RuntimeException e) {
            // Data that cannot become the body asked for: the event has failed, as if the route had.
            return runner.refuse(exchange, e);
        }
        return runner.run(exchange);
    }
}
