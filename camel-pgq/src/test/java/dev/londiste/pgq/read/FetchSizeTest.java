package dev.londiste.pgq.read;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FetchSizeTest {

    private final FetchSize size = new FetchSize(5000);

    @Test
    void startsSmallAndGrowsToTheLimit() {
        assertThat(size.next(0, 0)).isEqualTo(50);
        size.seen(50, 50 * 200);
        assertThat(size.next(50, 50 * 200)).isEqualTo(400);
        size.seen(400, 400 * 200);
        size.seen(3200, 3200 * 200);
        assertThat(size.next(0, 0)).isEqualTo(2000);
        assertThat(size.next(4990, 4990 * 200)).isEqualTo(10);
        assertThat(size.next(5000, 5000 * 200)).isZero();
    }

    @Test
    void C09_staysWithinTheBytesOfAPage() {
        size.seen(50, 50L << 20);
        assertThat(size.next(0, 0)).isEqualTo(4);
        assertThat(size.next(3, 3L << 20)).isEqualTo(1);
        assertThat(size.next(4, 4L << 20)).isZero();
        size.seen(1, 1L << 30);
        assertThat(size.next(0, 0)).isEqualTo(1);
    }
}
