package dev.londiste.pgq.component.consume;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class PollPaceTest {

    private final Hands clock = new Hands();
    private final PollPace pace = new PollPace(Duration.ofMillis(100), clock);

    @Test
    void pollsFollowEachOtherCloselyForAMomentAfterExchangesCame() {
        assertThat(pace.untilNext()).isEqualTo(Duration.ofMillis(100));
        pace.worked();
        assertThat(pace.untilNext()).isEqualTo(Duration.ofMillis(10));
        clock.advance(Duration.ofMillis(299));
        assertThat(pace.untilNext()).isEqualTo(Duration.ofMillis(10));
        clock.advance(Duration.ofMillis(1));
        assertThat(pace.untilNext()).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void whoPollsSeldomByChoiceIsNotMadeToPollOften() {
        var seldom = new PollPace(Duration.ofSeconds(30), clock);
        seldom.worked();
        clock.advance(Duration.ofMillis(300));
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

    private static final class Hands extends Clock {
        private Instant now = Instant.EPOCH;

        void advance(Duration duration) {
            now = now.plus(duration);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
