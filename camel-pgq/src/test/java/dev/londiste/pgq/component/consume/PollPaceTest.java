package dev.londiste.pgq.component.consume;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PollPaceTest {

    private long now = Long.MAX_VALUE - 1;
    private final PollPace pace = new PollPace(Duration.ofMillis(100), () -> now);

    @Test
    void pollsFollowEachOtherCloselyForAMomentAfterExchangesCame() {
        assertThat(pace.untilNext()).isEqualTo(Duration.ofMillis(100));
        pace.worked();
        assertThat(pace.untilNext()).isEqualTo(Duration.ofMillis(10));
        advance(Duration.ofMillis(299));
        assertThat(pace.untilNext()).isEqualTo(Duration.ofMillis(10));
        advance(Duration.ofMillis(1));
        assertThat(pace.untilNext()).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void whoPollsSeldomByChoiceIsNotMadeToPollOften() {
        var seldom = new PollPace(Duration.ofSeconds(30), () -> now);
        seldom.worked();
        advance(Duration.ofMillis(300));
        assertThat(seldom.untilNext()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void aWakeUpDuringAPollLeadsToAnotherOneAndOneBeforeItDoesNot() {
        pace.wake();
        pace.polling();
        assertThat(pace.untilNext()).isEqualTo(Duration.ofMillis(100));
        pace.wake();
        assertThat(pace.untilNext()).isZero();
    }

    private void advance(Duration duration) {
        now += duration.toNanos();
    }
}
