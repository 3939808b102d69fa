package dev.londiste.replication.copy;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.change.ChangeDecoder;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.apply.ChangeSink;
import dev.londiste.replication.sync.SubscriberTable;
import java.util.List;

/** A table that was read by one snapshot: it has what is visible there. Not thread-safe. */
final class RowsOfOneSnapshot implements CopiedRows {

    private final SubscriberTable table;
    private final ChangeDecoder decoder = new ChangeDecoder();

    RowsOfOneSnapshot(SubscriberTable table) {
        this.table = table;
    }

    @Override
    public boolean isOfOneSnapshot() {
        return true;
    }

    @Override
    public void apply(List<Event> events, ChangeSink applier, JdbcSession session) {
        for (var event : events) {
            if (!table.has(event.txid())) {
                applier.apply(decoder.require(event));
            }
        }
    }
}
