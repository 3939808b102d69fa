package dev.londiste.examples.londiste.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTextTest {

    private static final TableProgress HALF_WAY =
            new TableProgress("shop.orders", "in-copy", 500, 1_000, Duration.ofSeconds(2), null);

    @Test
    void barIsFilledToTheFraction() {
        assertThat(ProgressText.bar(0, 4, false)).isEqualTo("....");
        assertThat(ProgressText.bar(0.5, 4, false)).isEqualTo("##..");
        assertThat(ProgressText.bar(1.2, 4, true)).isEqualTo("████");
    }

    @Test
    void copyShowsRowsAndTimeLeft() {
        assertThat(ProgressText.describe(HALF_WAY)).isEqualTo("in-copy  500 of 1,000 rows, 2 s left");
        assertThat(HALF_WAY.fraction()).isEqualTo(0.5);
    }

    @Test
    void tablePastItsCopyIsWholeWhateverTheEstimateWas() {
        assertThat(new TableProgress("t", "do-sync:17", 900, 1_000, null, null).fraction())
                .isEqualTo(1);
    }

    @Test
    void plainScreenPrintsAStateOnceAndASummaryEveryFiveSeconds() {
        var out = new ByteArrayOutputStream();
        var screen = new PlainScreen(new PrintStream(out, true, StandardCharsets.UTF_8));

        for (int second = 0; second <= 6; second++) {
            var status = new ReplayStatus(1, Duration.ZERO, 21, null, List.of(HALF_WAY));
            screen.show(new Progress(Duration.ofSeconds(second), Duration.ofSeconds(9), 7, 3, status));
        }

        assertThat(out.toString(StandardCharsets.UTF_8).lines().toList()).hasSize(2);
    }
}
