package dev.londiste.pgq.component.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.Tick;
import dev.londiste.pgq.TxidSnapshot;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ConsumerStatusTest {

    private static final Tick LONG_AGO = new Tick(1, Instant.EPOCH, TxidSnapshot.parse("1:1:"));

    private final ConsumerStatus status = new ConsumerStatus(Clock.systemUTC());

    /** It would lag more and more, though whoever is active has long finished it. */
    @Test
    void aConsumerThatHasLostItsPlaceHasNoBatchInHand() {
        status.role(true);
        status.polled(new Batch("q", "c", 7, LONG_AGO, LONG_AGO, 0, 0));
        assertThat(status.batchId()).contains(7L);
        assertThat(status.lag()).isGreaterThan(Duration.ofDays(365));

        status.role(false);

        assertThat(status.role()).isEqualTo("standby");
        assertThat(status.batchId()).isEmpty();
        assertThat(status.batchAge()).isZero();
        assertThat(status.lag()).isLessThan(Duration.ofMinutes(1));
    }
}
