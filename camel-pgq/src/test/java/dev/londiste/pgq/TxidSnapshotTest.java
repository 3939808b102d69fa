package dev.londiste.pgq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TxidSnapshotTest {

    @Test
    void readsAndWritesPostgresText() {
        assertThat(TxidSnapshot.parse("10:20:10,14")).isEqualTo(new TxidSnapshot(10, 20, 14, 10));
        assertThat(TxidSnapshot.parse("10:20:10,14")).hasToString("10:20:10,14");
        assertThat(TxidSnapshot.parse("7:7:")).hasToString("7:7:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "10:20", "a:b:", "20:10:", "10:20:x", "0:1:"})
    void refusesOtherText(String text) {
        assertThatThrownBy(() -> TxidSnapshot.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void endedTransactionsAreVisible() {
        var snapshot = TxidSnapshot.parse("10:20:10,14");
        assertThat(snapshot.isVisible(9)).isTrue();
        assertThat(snapshot.isVisible(10)).isFalse();
        assertThat(snapshot.isVisible(11)).isTrue();
        assertThat(snapshot.isVisible(14)).isFalse();
        assertThat(snapshot.isVisible(19)).isTrue();
        assertThat(snapshot.isVisible(20)).isFalse();
    }

    @Test
    void includesMeansThatNothingVisibleThereIsInvisibleHere() {
        var random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            var here = random(random);
            var earlier = random(random);
            boolean expected = true;
            for (long txid = 1; txid < 30; txid++) {
                expected &= !earlier.isVisible(txid) || here.isVisible(txid);
            }
            assertThat(here.includes(earlier))
                    .as("%s includes %s", here, earlier)
                    .isEqualTo(expected);
        }
    }

    private static TxidSnapshot random(Random random) {
        long xmin = 1 + random.nextInt(12);
        long xmax = xmin + random.nextInt(8);
        return new TxidSnapshot(
                xmin,
                xmax,
                random.longs(xmin, xmax + 1)
                        .limit(3)
                        .filter(x -> x < xmax)
                        .distinct()
                        .toArray());
    }
}
