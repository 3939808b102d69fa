package dev.londiste.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {

    private static final Figure PEER = new Figure("copy", "peer", "s", Figure.Better.SMALLER, List.of(5.0, 4.0, 100.0));
    private static final Figure OURS = new Figure("copy", "ours", "s", Figure.Better.SMALLER, List.of(2.0, 3.0));

    @Test
    void medianIsTheMiddleOrTheMeanOfTheTwoInTheMiddle() {
        assertThat(PEER.median()).isEqualTo(5.0);
        assertThat(OURS.median()).isEqualTo(2.5);
    }

    @Test
    void ratioSaysHowManyTimesAsGood() {
        assertThat(OURS.timesAsGoodAs(PEER)).isEqualTo(2.0);
        assertThat(new Report(List.of(PEER, OURS)).markdown())
                .contains("| copy | ours | 2.50 | s | 2.00, 3.00 | 2.00 |");
    }
}
