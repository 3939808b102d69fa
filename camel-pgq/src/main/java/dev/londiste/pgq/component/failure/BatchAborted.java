package dev.londiste.pgq.component.failure;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.Event;
import dev.londiste.pgq.PgqException;

/** An exchange has failed, so its batch stays open and comes again. */
public final class BatchAborted extends PgqException {

    private static final long serialVersionUID = 1L;

    private BatchAborted(String sentence, Facts facts, Throwable cause) {
        super(sentence, facts, cause);
    }

    /** At an event, or as a whole when that is null. */
    public static BatchAborted at(Batch batch, Event event, Throwable cause) {
        var facts = Facts.of(batch);
        return new BatchAborted(
                "Batch " + batch.id() + " of consumer " + batch.consumer() + " of queue " + batch.queue()
                        + " is aborted"
                        + (event == null ? "" : " at event " + event.id())
                        + " and will be tried again: "
                        + reason(cause),
                event == null ? facts : facts.event(event.id()),
                cause);
    }

    static String reason(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getName() : cause.getMessage();
    }
}
