package dev.londiste.replication.apply;

import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.change.Change.Operation;
import dev.londiste.pgq.jdbc.BesideCaller;
import dev.londiste.pgq.jdbc.SqlErrors;
import dev.londiste.replication.apply.inorder.HeldKeys;
import dev.londiste.replication.apply.inorder.InOrderCall;
import dev.londiste.replication.apply.inorder.InOrderCalls;
import dev.londiste.replication.apply.inorder.StrictOrder;
import dev.londiste.replication.apply.net.NetChanges;
import dev.londiste.replication.apply.net.SetSteps;
import dev.londiste.replication.apply.net.SetsOfRows;
import dev.londiste.replication.apply.target.ForeignKeyOrder;
import dev.londiste.replication.apply.target.RowMappings;
import dev.londiste.replication.apply.target.SubscriberSession;
import dev.londiste.replication.apply.target.TargetCatalog;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Applies changes in event order inside the caller's open READ COMMITTED transaction on the subscriber, in chunks of
 * bounded size: while the database works on one, the caller brings the changes of the next, and what can be done without
 * the database is done to them. One applier serves one transaction: it never commits and never rolls back further than its
 * own savepoints. Not thread-safe. Between the first {@link #apply} and the return of {@link #flush} the connection is the
 * applier's, until {@link #close} at the latest.
 *
 * <p>An {@link ApplyException} may come with a later call than that of its change. The transaction can only be rolled back
 * then.
 */
public final class ChangeApplier implements ChangeSink {

    private final ApplyMode mode;
    private final SubscriberSession session;
    private final TargetCatalog catalog;
    private final RowMappings mappings;
    private final SetsOfRows setsOfRows;
    private final HeldKeys held;
    private final InOrderCalls inOrderCalls;
    private final StrictOrder strictOrder;
    private final Truncation truncation;
    private final PartitionMoves moves = new PartitionMoves(this::mayMove);
    private final BesideCaller<Void> beside = new BesideCaller<>("apply");
    private final Counts counts = new Counts();
    private final PendingTruncates truncates;
    private Chunk chunk = Chunk.first();
    /** The first change since deferred constraints were last checked, and the last. */
    private Change unchecked;

    private Change lastApplied;

    /** The changes of the last chunk, while constraints wait. */
    private List<Change> lastChanges = List.of();

    public ChangeApplier(Connection subscriber, ApplyTarget... targets) {
        this(subscriber, ApplyMode.NET_CHANGES, targets);
    }

    public ChangeApplier(Connection subscriber, ApplyMode mode, ApplyTarget... targets) {
        this(subscriber, mode, FailedQueue.NONE, targets);
    }

    /** Changes of tables that {@code failed} is of, and that the subscriber refuses, are kept there. */
    public ChangeApplier(Connection subscriber, ApplyMode mode, FailedQueue failed, ApplyTarget... targets) {
        this.mode = mode;
        this.session = new SubscriberSession(subscriber);
        this.catalog = new TargetCatalog(subscriber, List.of(targets));
        this.mappings = new RowMappings(catalog);
        this.setsOfRows = new SetsOfRows(subscriber, session);
        var inOrder = new RowMappings(catalog);
        this.held = new HeldKeys(failed, inOrder);
        this.inOrderCalls = new InOrderCalls(session, mappings);
        this.strictOrder = new StrictOrder(subscriber, session, inOrder, held);
        this.truncation = new Truncation(subscriber, session);
        this.truncates = new PendingTruncates(catalog::targetName);
    }

    @Override
    public void apply(Change change) {
        if (change.operation() == Operation.TRUNCATE) {
            truncate(change);
            return;
        }
        if (!truncates.letPass(change)) {
            flushTruncates();
        }
        if (!chunk.offer(change)) {
            start(change);
            chunk.offer(change);
        }
    }

    @Override
    public void pause() {
        beside.await();
    }

    @Override
    public void flush() {
        flushTruncates();
        flushChunk(null);
        if (session.isDeferred()) {
            checkAll();
        }
    }

    @Override
    public void close() {
        beside.settle();
    }

    @Override
    public ApplyStatistics statistics() {
        return counts.statistics();
    }

    /**
     * The chunk is empty when the first one begins to wait. What comes into it meanwhile comes after those that wait, and
     * before them where another of their transaction follows that needs it: until then their transaction was open.
     */
    private void truncate(Change change) {
        if (truncates.isEmpty()) {
            flushChunk(change);
        } else if (truncates.concernsChanged(change)) {
            var together = truncates.takeOf(change.txid());
            flushTruncates();
            flushChunk(change);
            together.forEach(truncates::add);
        }
        moves.truncated(change.table());
        truncates.add(change);
    }

    private void flushTruncates() {
        inDatabase(() -> {
            for (var together : truncates.take()) {
                meetTables(together);
                truncate(together);
                counts.truncate(together.size());
            }
        });
    }

    private void truncate(List<Change> together) throws SQLException {
        var tables = ForeignKeyOrder.parentsFirst(
                together.stream().map(catalog::table).distinct().toList());
        if (unchecked != null && session.tryConstraints()) {
            unchecked = null;
        }
        truncation.apply(together, tables, unchecked != null);
        together.forEach(change -> held.truncated(change.table()));
        if (session.isDeferred()) {
            unchecked = unchecked == null ? together.get(0) : unchecked;
            lastApplied = together.get(together.size() - 1);
        }
    }

    /** Hands the full chunk over, and leaves an empty one to fill. */
    private void start(Change next) {
        flushTruncates();
        var full = prepare(next);
        beside.start(() -> {
            inDatabase(() -> apply(full));
            return null;
        });
    }

    private void flushChunk(Change next) {
        if (chunk.isEmpty() && moves.isEmpty()) {
            beside.await();
            return;
        }
        var last = prepare(next);
        beside.await();
        inDatabase(() -> apply(last));
    }

    /** Takes the chunk, and does what needs no database, while that works on the chunk before. */
    private PreparedChunk prepare(Change next) {
        var taken = chunk;
        chunk = taken.next();
        if (!catalog.knows(taken.changes())) {
            beside.await();
            inDatabase(() -> meetTables(taken.changes()));
        }
        var changes = moves.merge(taken.changes(), next);
        var all = taken.isEmpty() ? changes : taken.changes();
        var last = all.get(all.size() - 1);
        boolean endsTransaction = next != null && next.txid() != last.txid();
        var net = net(changes);
        var inOrder = net.isEmpty() ? inOrderCalls.of(changes) : Optional.<InOrderCall>empty();
        return new PreparedChunk(changes, all.get(0), last, endsTransaction, net, inOrder);
    }

    private void meetTables(List<Change> changes) throws SQLException {
        session.begin();
        catalog.require(changes);
        for (var table : catalog.known()) {
            session.defer(table);
        }
    }

    private Optional<SetSteps> net(List<Change> changes) {
        return mode == ApplyMode.IN_ORDER
                ? Optional.empty()
                : NetChanges.of(changes, mappings, session).map(SetSteps::of);
    }

    private void apply(PreparedChunk chunk) throws SQLException {
        var changes = held.passOver(chunk.changes());
        if (changes.size() != chunk.changes().size()) {
            countInOrder(changes, strictOrder.apply(changes));
        } else if (chunk.net().isEmpty()) {
            countInOrder(changes, strictOrder.apply(changes, chunk.inOrder()));
        } else if (!applyNet(chunk.net().get(), changes.size())) {
            countInOrder(changes, strictOrder.apply(changes));
        }
        if (session.isDeferred()) {
            checkDeferred(chunk);
        }
    }

    /** Constraints are checked where no transaction of the provider is cut in two; at the end none is. */
    private void checkDeferred(PreparedChunk chunk) throws SQLException {
        unchecked = unchecked == null ? chunk.first() : unchecked;
        lastApplied = chunk.last();
        lastChanges = chunk.changes();
        if (chunk.endsTransaction() && session.tryConstraints()) {
            unchecked = null;
        }
    }

    private void countInOrder(List<Change> changes, Counts counted) {
        counted.chunk(changes.size(), true);
        counts.add(counted);
    }

    /** Answers false when the chunk has to be applied in order; nothing of it is applied then. */
    private boolean applyNet(SetSteps net, int changes) throws SQLException {
        var counted = new Counts();
        var savepoint = session.savepoint();
        try {
            if (setsOfRows.apply(net, counted)) {
                session.release(savepoint);
                counted.chunk(changes, false);
                counts.add(counted);
                return true;
            }
        } catch (SQLException e) {
            if (!ApplyFailure.isOfTheData(e)) {
                throw e;
            }
        }
        session.rollback(savepoint);
        return false;
    }

    private void checkAll() {
        try {
            session.checkConstraints();
            unchecked = null;
            lastChanges = List.of();
        } catch (SQLException e) {
            throw unchecked == null ? SqlErrors.failure(e) : deferred(e);
        }
    }

    private ApplyException deferred(SQLException e) {
        return DeferredCulprit.among(
                        lastChanges, e, change -> catalog.table(change).simpleName())
                .map(culprit -> ApplyFailure.of(culprit, e))
                .orElseGet(() -> ApplyFailure.deferred(unchecked, lastApplied, e));
    }

    /** Only foreign keys that act on other rows tell a moved row from a deleted one. */
    private boolean mayMove(Change change) {
        var table = catalog.table(change);
        return table.referenced() && !session.actsAsReplica(table) && catalog.isPartitioned(change);
    }

    private static void inDatabase(DatabaseWork work) {
        try {
            work.run();
        } catch (SQLException e) {
            throw SqlErrors.failure(e);
        }
    }

    @FunctionalInterface
    private interface DatabaseWork {
        void run() throws SQLException;
    }
}
