package dev.londiste.replication.apply;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.change.ChangeDecoder;
import java.time.Instant;

/** Makes the changes of a provider by hand, numbered as they come. */
final class Feed {

    private final ChangeDecoder decoder = new ChangeDecoder();
    private final String table;
    private final String key;
    private long eventId;
    private long txid = 1000;

    Feed(String table, String key) {
        this.table = table;
        this.key = key;
    }

    /** What follows belongs to the provider's next transaction. */
    Feed nextTransaction() {
        txid++;
        return this;
    }

    Change insert(String row) {
        return change("I:" + key, table, row, null, null);
    }

    Change update(String row) {
        return change("U:" + key, table, row, null, null);
    }

    Change rekey(String oldKey, String row) {
        return change("U:" + key, table, row, oldKey, null);
    }

    Change delete(String row) {
        return change("D:" + key, table, row, null, null);
    }

    Change truncate() {
        return change("R", table, null, null, null);
    }

    /** An event as its columns say. */
    Change change(String type, String table, String data, String oldKey, String recordText) {
        eventId++;
        return decoder.decode(new Event(eventId, Instant.EPOCH, txid, 0, type, data, table, oldKey, null, recordText));
    }
}
