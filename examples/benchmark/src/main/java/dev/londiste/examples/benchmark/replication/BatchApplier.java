package dev.londiste.examples.benchmark.replication;

import dev.londiste.pgq.Event;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Applies the events of one batch in an open transaction of the subscriber. Used by one thread. */
public interface BatchApplier {

    void apply(Connection subscriber, Iterable<Event> events) throws SQLException;

    /** Makes the applier for these tables of the schema public. */
    interface Maker {
        BatchApplier of(List<String> tables);
    }
}
