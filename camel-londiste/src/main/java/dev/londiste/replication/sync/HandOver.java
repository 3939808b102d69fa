package dev.londiste.replication.sync;

import dev.londiste.pgq.Tick;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.sync.TableState.Kind;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replay's side of handing a table over. A copy that has caught up asks with wanna-sync; the replay, with a batch in
 * hand that ends at or after the copy's tick and of which nothing is applied, answers do-sync with the end of that batch
 * (C24). The copy then goes to where the replay stands, not to the end of the batch, and the replay waits for it.
 */
final class HandOver {

    private static final Logger LOG = LoggerFactory.getLogger(HandOver.class);

    private final Job job;
    private final TableStates states;

    HandOver(Job job, TableStates states) {
        this.job = job;
        this.states = states;
    }

    /** Answers the copies that wait, in the transaction that has locked the replay's position. */
    List<SubscriberTable> answer(JdbcSession session, List<SubscriberTable> tables, Tick batchEnd) {
        return tables.stream()
                .map(table -> mayHandOver(table, batchEnd) ? doSync(session, table, batchEnd) : table)
                .toList();
    }

    /** A do-sync of another batch is what a process left behind that died: it is asked anew. */
    private static boolean mayHandOver(SubscriberTable table, Tick batchEnd) {
        var state = table.state();
        return !table.isParked()
                && ((state.is(Kind.WANNA_SYNC) && state.tick() <= batchEnd.id())
                        || (state.is(Kind.DO_SYNC) && state.tick() != batchEnd.id()));
    }

    private SubscriberTable doSync(JdbcSession session, SubscriberTable table, Tick batchEnd) {
        var changed = states.change(session, table, TableState.doSync(batchEnd.id()));
        LOG.info("{}/{} - {}: {} -> {}", job.queue(), job.consumer(), table.name(), table.state(), changed.state());
        return changed;
    }

    /** Whether the batch in hand has to wait for a copy. */
    static boolean isPending(List<SubscriberTable> tables) {
        return tables.stream().anyMatch(table -> table.state().is(Kind.DO_SYNC) && !table.isParked());
    }
}
