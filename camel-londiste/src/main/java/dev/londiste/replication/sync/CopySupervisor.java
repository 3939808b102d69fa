package dev.londiste.replication.sync;

import java.util.Collection;
import java.util.List;

/**
 * Who brings tables from NEW to ok beside the replay. The replay calls it from its own thread on every poll; it must not
 * block.
 */
public interface CopySupervisor {

    /** Sees to it that every table that is not ok, as just read, has someone at work on it. */
    void supervise(List<SubscriberTable> tables);

    /** Stops whoever is at work on these tables, named by their numbers. */
    void stop(Collection<Integer> tables);

    /** The replay is not the active one any more: whatever is at work stops. */
    void stop();
}
