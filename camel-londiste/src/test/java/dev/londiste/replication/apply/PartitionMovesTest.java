package dev.londiste.replication.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.change.Change.Operation;
import dev.londiste.pgq.change.ColumnNames;
import dev.londiste.pgq.change.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PartitionMovesTest {

    private static final ColumnNames COLUMNS = ColumnNames.of("id", "v");

    private final PartitionMoves moves = new PartitionMoves(change -> true);

    private static Change delete(long event, long txid) {
        return change(event, txid, Operation.DELETE);
    }

    private static Change insert(long event, long txid) {
        return change(event, txid, Operation.INSERT);
    }

    private static Change change(long event, long txid, Operation operation) {
        var row = new Row(COLUMNS, new String[] {"1", "" + event});
        return new Change(event, txid, operation, "public.p", List.of("id"), row, null, null);
    }

    private List<Change> merged(List<Change> first, List<Change> last) {
        var all = new ArrayList<>(moves.merge(first, true));
        all.addAll(moves.merge(last, false));
        return all;
    }

    @Test
    void C06_deleteThatItsTransactionFollowsByAnInsertIsAMove() {
        assertThat(moves.merge(List.of(delete(1, 10), insert(2, 11), insert(3, 10)), false))
                .extracting(Change::operation)
                .containsExactly(Operation.INSERT, Operation.UPDATE);
    }

    @Test
    void deleteStaysBeforeTheInsertOfTheSameKeyByALaterTransaction() {
        assertThat(moves.merge(List.of(delete(1, 10), insert(2, 11)), false))
                .extracting(Change::eventId)
                .containsExactly(1L, 2L);
    }

    @Test
    void deleteStaysBeforeTheInsertOfTheSameKeyWhereAChunkEnds() {
        assertThat(merged(List.of(insert(1, 9), delete(2, 10), insert(3, 11), delete(4, 12)), List.of(insert(5, 13))))
                .extracting(Change::eventId)
                .containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void C06_moveIsFoundWhereAChunkEndsInTheMiddleOfIt() {
        assertThat(merged(List.of(delete(1, 10), insert(2, 11)), List.of(insert(3, 12), insert(4, 10))))
                .extracting(Change::eventId, Change::operation)
                .containsExactly(tuple(2L, Operation.INSERT), tuple(3L, Operation.INSERT), tuple(4L, Operation.UPDATE));
    }

    @Test
    void noDeleteIsKeptForMoreThanOneChunk() {
        assertThat(moves.merge(List.of(delete(1, 10)), true)).isEmpty();
        assertThat(moves.merge(List.of(insert(2, 11)), true))
                .extracting(Change::eventId)
                .containsExactly(1L, 2L);
        assertThat(moves.merge(List.of(insert(3, 12)), false))
                .extracting(Change::eventId)
                .containsExactly(3L);
    }

    @Test
    void whatIsKeptIsLittle() {
        var chunk = LongStream.range(0, 20_000).mapToObj(i -> delete(i, i)).toList();
        assertThat(moves.merge(chunk, true)).hasSizeGreaterThanOrEqualTo(19_000);
        assertThat(moves.merge(List.of(), false))
                .hasSizeLessThanOrEqualTo(1_000)
                .isNotEmpty();
    }
}
