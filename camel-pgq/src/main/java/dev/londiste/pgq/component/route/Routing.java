package dev.londiste.pgq.component.route;

import dev.londiste.pgq.Batch;
import java.util.OptionalLong;

/** How the events of a batch become exchanges. */
public interface Routing {

    /** Routes the batch; an exception means that it failed and must come again. */
    Result route(Batch batch);

    /**
     * What became of the batch.
     *
     * @param complete false when the route is being stopped
     * @param events how many events the batch had for the route; empty when nobody knows, since filters of the consumer left
     *     some out or the route did not read to the end
     */
    record Result(int exchanges, boolean complete, OptionalLong events) {

        static Result incomplete(int exchanges) {
            return new Result(exchanges, false, OptionalLong.empty());
        }
    }
}
