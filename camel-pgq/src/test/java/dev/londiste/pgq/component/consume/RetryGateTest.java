package dev.londiste.pgq.component.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class RetryGateTest {

    private final Hands clock = new Hands();
    private final RetryGate gate = new RetryGate(clock, Duration.ofSeconds(10));

    @Test
    void waitsTwiceAsLongAfterEachFailureUpToFiveMinutes() {
        for (int seconds : new int[] {10, 20, 40, 80, 160, 300, 300}) {
            var failure = new IllegalStateException("failed");
            gate.failed(failure);
            clock.advance(Duration.ofSeconds(seconds).minusMillis(1));
            assertThat(gate.closedBy()).contains(failure);
            clock.advance(Duration.ofMillis(1));
            assertThat(gate.closedBy()).isEmpty();
        }
    }

    @Test
    void aLostConnectionIsTriedAgainAfterASecond() {
        var lost = new PgqException("lost", Facts.NONE.sqlState("08006"), null);
        for (int seconds : new int[] {1, 2, 4, 8, 10, 10}) {
            gate.failed(new IllegalStateException(lost));
            clock.advance(Duration.ofSeconds(seconds).minusMillis(1));
            assertThat(gate.closedBy()).isPresent();
            clock.advance(Duration.ofMillis(1));
            assertThat(gate.closedBy()).isEmpty();
        }
    }

    @Test
    void successOpensIt() {
        gate.failed(new IllegalStateException("failed"));
        gate.succeeded();
        assertThat(gate.closedBy()).isEmpty();
        gate.failed(new IllegalStateException("failed"));
        clock.advance(Duration.ofSeconds(10));
        assertThat(gate.closedBy()).isEmpty();
    }

    private static final class Hands extends Clock {

        private Instant now = Instant.EPOCH;

        void advance(Duration by) {
            now = now.plus(by);
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
