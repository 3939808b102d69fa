package dev.londiste.replication.copy;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.apply.ChangeSink;
import java.util.List;

/** What a loaded table has already: decides which changes it still lacks. */
interface CopiedRows {

    /** Whether its rows are those of one snapshot, so that the table is what the provider's was then. */
    boolean isOfOneSnapshot();

    /** Gives the applier what the table lacks of events of its own, in their order. */
    void apply(List<Event> events, ChangeSink applier, JdbcSession session);
}
