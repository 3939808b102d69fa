package dev.londiste.pgq.component.route;

import dev.londiste.pgq.Batch;
import java.util.function.BooleanSupplier;

/**
 * How many events of the open batch are done, in this process's memory: a batch that comes again is resumed there. The
 * order of a batch's events never changes. Not thread-safe.
 */
public final class Progress {

    private final BooleanSupplier wholeBatches;
    private long batchId = -1;
    private long events;

    /**
     * @param wholeBatches whether a batch that comes again must be seen from its beginning: participants roll back
     */
    public Progress(BooleanSupplier wholeBatches) {
        this.wholeBatches = wholeBatches;
    }

    /** How many events of the batch to skip. */
    long in(Batch batch) {
        if (batchId != batch.id() || wholeBatches.getAsBoolean()) {
            batchId = batch.id();
            events = 0;
        }
        return events;
    }

    void done(Batch batch) {
        if (batchId == batch.id()) {
            events++;
        }
    }
}
