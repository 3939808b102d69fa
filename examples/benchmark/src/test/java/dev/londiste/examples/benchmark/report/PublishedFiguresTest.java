package dev.londiste.examples.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishedFiguresTest {

    private static final Quantity COPY = Quantity.smaller("copy", "s");
    private static final Quantity REPLAY = Quantity.larger("replay, seq", "changes/s");

    @TempDir
    private Path docs;

    @TempDir
    private Path run;

    @BeforeEach
    void writePage() throws IOException {
        Files.writeString(docs.resolve("performance.md"), """
                # Performance
                <!-- figures: replay, seq; replay, mixed -->
                <!-- end figures -->
                Between.
                <!-- figures: copy -->
                as it was
                <!-- end figures -->
                """);
    }

    private String publish(Quantity quantity) throws IOException {
        new Report(
                        List.of(new Figure(quantity, "peer", List.of(5.0)), new Figure(quantity, "ours", List.of(2.0))),
                        List.of(),
                        List.of())
                .write(run);
        Guide.in(docs).publish(List.of(run));
        return Files.readString(docs.resolve("performance.md"));
    }

    @Test
    void blockShowsTableAndChartsOfItsQuantitiesAndTheNextRunReplacesThem() throws IOException {
        publish(REPLAY);
        var page = publish(REPLAY);

        assertThat(page).isEqualTo("""
                # Performance
                <!-- figures: replay, seq; replay, mixed -->

                | what | contestant | median | unit | rounds | times as good as the first | goal | reached |
                |---|---|---|---|---|---|---|---|
                | replay, seq | peer | 5.00 | changes/s | 5.00 |  |  |  |
                | replay, seq | ours | 2.00 | changes/s | 2.00 | 0.40 |  |  |

                ![replay, seq](images/replay-seq.svg)
                <!-- end figures -->
                Between.
                <!-- figures: copy -->
                as it was
                <!-- end figures -->
                """);
        assertThat(docs.resolve("images/replay-seq.svg")).exists();
    }

    @Test
    void whatARunHasNotMeasuredStaysAsItWas() throws IOException {
        publish(REPLAY);
        var page = publish(COPY);

        assertThat(page).contains("| replay, seq | ours |", "| copy | ours |").doesNotContain("as it was");
    }

    @Test
    void soDoesAQuantityBesideAMeasuredOne() throws IOException {
        publish(REPLAY);
        var page = publish(Quantity.larger("replay, mixed", "changes/s"));

        assertThat(page)
                .contains("| replay, seq | ours |", "| replay, mixed | ours |")
                .contains("![replay, seq]", "![replay, mixed]");
    }
}
