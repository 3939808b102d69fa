package dev.londiste.pgq.component.consume;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.read.BatchReader;
import dev.londiste.pgq.read.EventPages;

/** Puts all events of a batch that a person gave up into the failed queue, before the batch is finished. */
public final class Skipping {

    private final BatchReader reader;
    private final EventPages.Hold hold;
    private final PgqConsumerClient client;

    public Skipping(BatchReader reader, PgqConsumerClient client, EventPages.Hold hold) {
        this.reader = reader;
        this.hold = hold;
        this.client = client;
    }

    /** How many there are. */
    int skip(Batch batch, String reason) {
        int events = 0;
        try (var cursor = reader.open(batch, hold, 0)) {
            for (var page = cursor.nextPage(); !page.isEmpty(); page = cursor.nextPage()) {
                client.fail(batch, page, reason);
                events += page.size();
            }
        }
        return events;
    }
}
