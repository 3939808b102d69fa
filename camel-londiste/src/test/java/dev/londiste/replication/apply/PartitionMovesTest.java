package dev.londiste.replication.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.change.Change.Operation;
import dev.londiste.pgq.change.ColumnNames;
import dev.londiste.pgq.change.Row;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartitionMovesTest {

    private static final ColumnNames COLUMNS = ColumnNames.of("id", "v");

    private static final Change LATER = change(9, 19, Operation.INSERT, "9", "a");

    private final PartitionMoves moves = new PartitionMoves(change -> true);

    private static Change change(long event, long txid, Operation operation, String id, String value) {
        return new Change(event, txid, operation, "public.p", List.of("id"), Row.of(COLUMNS, id, value), null, null);
    }

    @Test
    void C06_deleteThatItsTransactionFollowsByAnInsertIsAMove() {
        var merged = moves.merge(
                List.of(change(1, 10, Operation.DELETE, "1", "a"), change(2, 10, Operation.INSERT, "1", "b")), null);

        assertThat(merged).extracting(Change::operation).containsExactly(Operation.UPDATE);
    }

    @Test
    void deleteStaysBeforeTheInsertOfTheSameKeyByALaterTransaction() {
        var merged = moves.merge(
                List.of(change(1, 10, Operation.DELETE, "1", "a"), change(2, 11, Operation.INSERT, "1", "b")), null);

        assertThat(merged).extracting(Change::eventId).containsExactly(1L, 2L);
    }

    @Test
    void deleteIsNotCarriedBehindTheInsertOfTheSameKeyByALaterTransaction() {
        var merged = moves.merge(
                List.of(change(1, 10, Operation.DELETE, "1", "a"), change(2, 11, Operation.INSERT, "1", "b")), LATER);

        assertThat(merged).extracting(Change::eventId).containsExactly(1L, 2L);
    }

    @Test
    void C06_moveIsFoundWhereAChunkEndsInTheMiddleOfIt() {
        var first = moves.merge(List.of(change(1, 10, Operation.DELETE, "1", "a")), LATER);
        var second = moves.merge(List.of(change(2, 10, Operation.INSERT, "1", "b")), null);

        assertThat(first).isEmpty();
        assertThat(second).extracting(Change::operation).containsExactly(Operation.UPDATE);
    }

    @Test
    void deleteThatATruncateHadToWaitForIsNotCarriedBehindIt() {
        var truncate = new Change(2, 11, Operation.TRUNCATE, "public.p", List.of(), null, null, null);

        var merged = moves.merge(List.of(change(1, 10, Operation.DELETE, "1", "a")), truncate);

        assertThat(merged).extracting(Change::eventId).containsExactly(1L);
    }
}
