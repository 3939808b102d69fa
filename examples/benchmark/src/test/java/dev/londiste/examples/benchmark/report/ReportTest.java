package dev.londiste.examples.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {

    private static final Quantity COPY = Quantity.smaller("copy", "s");
    private static final Figure PEER = new Figure(COPY, "peer", List.of(5.0, 4.0, 100.0));
    private static final Figure OURS = new Figure(COPY, "ours", List.of(2.0, 3.0));

    @Test
    void medianIsTheMiddleOrTheMeanOfTheTwoInTheMiddle() {
        assertThat(PEER.median()).isEqualTo(5.0);
        assertThat(OURS.median()).isEqualTo(2.5);
    }

    @Test
    void ratioSaysHowManyTimesAsGoodAndWhetherThatReachesTheGoal() {
        var report = new Report(
                List.of(PEER, OURS),
                List.of(Goal.times("copy", "ours", 1.5, "peer"), Goal.figure("copy", "ours", 2)),
                List.of("Nothing else."));

        assertThat(OURS.timesAsGoodAs(PEER)).isEqualTo(2.0);
        assertThat(report.markdown())
                .contains("| copy | ours | 2.50 | s | 2.00, 3.00 | 2.00 | 1.50 x peer, at most 2.00 s | yes, no |")
                .contains("Nothing else.");
    }
}
