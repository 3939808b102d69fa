package dev.londiste.replication.copy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ThrottleTest {

    @Test
    void rowsOfAllCopiesTakeTheirTurnsAtTheRate() {
        var throttle = new Throttle(1000);
        throttle.take(500);
        assertThat(throttle.take(1500)).isBetween(Duration.ofMillis(1500), Duration.ofMillis(2000));
        assertThat(throttle.step()).isEqualTo(100);
    }

    @Test
    void withoutARateNobodyWaits() {
        assertThat(new Throttle(0).take(1_000_000)).isZero();
    }

    @Test
    void tableIsCutByItsSize() {
        var options = new CopyOptions(1, 3, 100, 0);
        assertThat(options.ranges(399, true)).isEqualTo(1);
        assertThat(options.ranges(1000, true)).isEqualTo(10);
        assertThat(options.ranges(1000, false)).isEqualTo(3);
        assertThat(options.ranges(Long.MAX_VALUE, true)).isEqualTo(1000);
    }
}
