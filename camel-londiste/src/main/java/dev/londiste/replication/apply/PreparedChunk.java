package dev.londiste.replication.apply;

import dev.londiste.pgq.change.Change;
import dev.londiste.replication.apply.inorder.InOrderCall;
import dev.londiste.replication.apply.net.SetSteps;
import java.util.List;
import java.util.Optional;

/**
 * A chunk that only the database has still to deal with.
 *
 * @param changes what to apply; a change may have been carried over from the chunk before, or into the next
 * @param first of the chunk
 * @param last of the chunk
 * @param endsTransaction whether the next change is another transaction's
 * @param net the same changes as a few statements; empty when they have to be applied in order
 * @param inOrder the same changes as a call, where they have to be applied in order and a call can be made of them
 */
record PreparedChunk(
        List<Change> changes,
        Change first,
        Change last,
        boolean endsTransaction,
        Optional<SetSteps> net,
        Optional<InOrderCall> inOrder) {}
