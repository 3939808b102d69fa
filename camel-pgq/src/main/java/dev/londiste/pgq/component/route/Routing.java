package dev.londiste.pgq.component.route;

import dev.londiste.pgq.Batch;

/** How the events of a batch become exchanges. */
public interface Routing {

    /** Routes the batch; an exception means that it failed and must come again. */
    Result route(Batch batch);

    /** What became of the batch: incomplete when the route is being stopped. */
    record Result(int exchanges, boolean complete) {}
}
