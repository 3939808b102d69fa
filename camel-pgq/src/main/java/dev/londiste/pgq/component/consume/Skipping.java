package dev.londiste.pgq.component.consume;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.read.BatchReader;
import dev.londiste.pgq.read.EventCursor;

/** Puts all events of a batch that a person gave up into the failed queue, before the batch is finished. */
public final class Skipping {

    private final BatchReader reader;
    private final PgqConsumerClient client;

    public Skipping(BatchReader reader, PgqConsumerClient client) {
        this.reader = reader;
        this.client = client;
    }

    /** How many there are. */
    int skip(Batch batch, String reason) {
        int events = 0;
        try (var cursor = reader.open(batch, EventCursor.Hold.WITHOUT_TRANSACTION, 0)) {
            for (var page = cursor.nextPage(); !page.isEmpty(); page = cursor.nextPage()) {
                page.forEach(event -> client.fail(batch, event.id(), reason));
                events += page.size();
            }
        }
        return events;
    }
}
