package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonValuesTest {

    @Test
    void numbersAreNeverDoubles() {
        assertThat(JsonValues.parse("[1, -2, 9223372036854775807, 9223372036854775808, 1.50, 1.0, 1e2]"))
                .isEqualTo(List.of(
                        1L,
                        -2L,
                        Long.MAX_VALUE,
                        new BigDecimal("9223372036854775808"),
                        new BigDecimal("1.50"),
                        new BigDecimal("1.0"),
                        new BigDecimal("1E+2")));
    }

    @Test
    void nestedValuesAreMapsAndLists() {
        assertThat(JsonValues.parse("{\"a\": {\"b\": [true, null, \"x\"]}}"))
                .isEqualTo(Map.of("a", Map.of("b", Arrays.asList(true, null, "x"))));
        assertThat(JsonValues.parse(null)).isNull();
    }

    @Test
    void badTextIsRefusedWithoutShowingIt() {
        assertThatThrownBy(() -> JsonValues.parse("secret"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void whatJsonDoesNotKnowIsWrittenAsText() {
        assertThat(JsonValues.write(Map.of("at", Instant.parse("2026-11-23T00:00:00Z"))))
                .isEqualTo("{\"at\":\"2026-11-23T00:00:00Z\"}");
        assertThat(JsonValues.write(Map.of("list", List.of(1, new BigDecimal("1.50"), Map.of("b", true)))))
                .isEqualTo("{\"list\":[1,1.50,{\"b\":true}]}");
    }
}
