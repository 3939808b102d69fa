package dev.londiste.replication.copy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.pgq.TxidSnapshot;
import java.util.List;
import org.junit.jupiter.api.Test;

class RangePlanTest {

    private static final TxidSnapshot FIRST = TxidSnapshot.parse("100:110:100,105");
    private static final TxidSnapshot SECOND = TxidSnapshot.parse("105:120:105");
    private static final RangePlan PLAN = new RangePlan(
            new CopyKey(List.of("id"), List.of("int4")),
            "shape",
            List.of(
                    new KeyRange(1, null, List.of("7"), SECOND),
                    new KeyRange(2, List.of("7"), List.of("9"), FIRST),
                    new KeyRange(3, List.of("9"), null, null)));

    @Test
    void C23_rangesReadLaterGoWithThoseThatAreLoaded() {
        assertThat(PLAN.mayContinueAt(TxidSnapshot.parse("130:130:"))).isTrue();
        assertThat(PLAN.mayContinueAt(SECOND)).isTrue();
    }

    /** An earlier one, or one in which something runs that has ended, is of another provider. */
    @Test
    void C23_rangesReadByASnapshotThatLacksWhatOthersSawDoNot() {
        assertThat(PLAN.mayContinueAt(FIRST)).isFalse();
        assertThat(PLAN.mayContinueAt(TxidSnapshot.parse("100:130:100"))).isFalse();
    }

    @Test
    void C23_tableHasPassedItsRangesWithTheNewestSnapshot() {
        assertThat(PLAN.newest()).isEqualTo(SECOND);
        assertThat(PLAN.snapshots()).containsExactly(SECOND, FIRST);
        assertThat(PLAN.missing()).extracting(KeyRange::nr).containsExactly(3);
    }
}
