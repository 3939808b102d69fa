package dev.londiste.pgq.component.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryEventTest {

    @Test
    void theDelayDoublesUpToFiveMinutes() {
        var retry = new RetryEvent(null, Duration.ofSeconds(10), 10, new Skip());
        assertThat(retry.delayAfter(0)).isEqualTo(Duration.ofSeconds(10));
        assertThat(retry.delayAfter(1)).isEqualTo(Duration.ofSeconds(20));
        assertThat(retry.delayAfter(4)).isEqualTo(Duration.ofSeconds(160));
        assertThat(retry.delayAfter(5)).isEqualTo(Duration.ofMinutes(5));
        assertThat(retry.delayAfter(100)).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void aLongerDelayStaysAsItIs() {
        var retry = new RetryEvent(null, Duration.ofMinutes(30), 10, new Skip());
        assertThat(retry.delayAfter(3)).isEqualTo(Duration.ofMinutes(30));
    }
}
