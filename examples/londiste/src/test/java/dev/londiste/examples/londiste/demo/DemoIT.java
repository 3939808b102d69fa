package dev.londiste.examples.londiste.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 3, unit = TimeUnit.MINUTES)
class DemoIT {

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    @Test
    void bothSidesAreEqualAfterASmallRun() throws Exception {
        int exitCode = run(false);

        assertThat(output.toString(StandardCharsets.UTF_8))
                .contains("shop.giftCards", "Both sides are equal.")
                .doesNotContain("DIFFERENT");
        assertThat(exitCode).isZero();
    }

    @Test
    void rowThatDiffersIsReported() throws Exception {
        int exitCode = run(true);

        assertThat(output.toString(StandardCharsets.UTF_8))
                .containsPattern("shop.orders .* DIFFERENT")
                .contains("The two sides DIFFER.");
        assertThat(exitCode).isOne();
    }

    private int run(boolean spoil) throws Exception {
        var settings = new DemoSettings(Duration.ofSeconds(3), false, 2_000, 200, spoil);
        try (var screen = new PlainScreen(new PrintStream(output, true, StandardCharsets.UTF_8))) {
            return new Demo(settings, screen).replicate();
        }
    }
}
