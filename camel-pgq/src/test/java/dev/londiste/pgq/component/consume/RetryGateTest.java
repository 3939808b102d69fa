package dev.londiste.pgq.component.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryGateTest {

    private long now = Long.MAX_VALUE - 1;
    private final RetryGate gate = new RetryGate(() -> now, Duration.ofSeconds(10));

    @Test
    void waitsTwiceAsLongAfterEachFailureUpToFiveMinutes() {
        for (int seconds : new int[] {10, 20, 40, 80, 160, 300, 300}) {
            var failure = new IllegalStateException("failed");
            gate.failed(failure);
            advance(Duration.ofSeconds(seconds).minusMillis(1));
            assertThat(gate.closedBy()).contains(failure);
            advance(Duration.ofMillis(1));
            assertThat(gate.closedBy()).isEmpty();
        }
    }

    @Test
    void aLostConnectionIsTriedAgainAfterASecond() {
        var lost = new PgqException("lost", Facts.NONE.sqlState("08006"), null);
        for (int seconds : new int[] {1, 2, 4, 8, 10, 10}) {
            gate.failed(new IllegalStateException(lost));
            advance(Duration.ofSeconds(seconds).minusMillis(1));
            assertThat(gate.closedBy()).isPresent();
            advance(Duration.ofMillis(1));
            assertThat(gate.closedBy()).isEmpty();
        }
    }

    @Test
    void successOpensIt() {
        gate.failed(new IllegalStateException("failed"));
        gate.succeeded();
        assertThat(gate.closedBy()).isEmpty();
        gate.failed(new IllegalStateException("failed"));
        advance(Duration.ofSeconds(10));
        assertThat(gate.closedBy()).isEmpty();
    }

    private void advance(Duration by) {
        now += by.toNanos();
    }
}
