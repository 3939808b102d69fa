package dev.londiste.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class DocumentTest {

    @Test
    void onlyGeneratedPartsAreReplaced() {
        var text = "a\n<!-- generated: one -->\nold\n<!-- end -->\nb\n<!-- generated: two -->\n<!-- end -->\n";

        assertThat(new Document(text).with(request -> request + " $1\n").text())
                .isEqualTo("a\n<!-- generated: one -->\none $1\n<!-- end -->\nb\n"
                        + "<!-- generated: two -->\ntwo $1\n<!-- end -->\n");
    }

    @Test
    void operationsComeFromTheJavadocOfAnEnum() {
        var operations = Operations.parse("""
                /** What a producer does. */
                public enum Operation {
                    /** Inserts {@code body}
                     * as an event. */
                    INSERT,

                    /** Forces a {@link Tick}. */
                    TICK(true);
                    /** Not a constant. */
                    private final boolean MARK;
                }
                """);

        assertThat(operations.sentences())
                .isEqualTo(Map.of("INSERT", "Inserts `body` as an event.", "TICK", "Forces a `Tick`."));
    }
}
