package dev.londiste.replication.apply.target;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyTextTest {

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "1.0, 1",
        "1.00, 1",
        "10, 10",
        "100.10, 100.1",
        "-1.50, -1.5",
        "0, 0",
        "0.00, 0",
        "0.10, 0.1",
        "-0.1, -0.1",
        "-10.0, -10",
        "12345678901234567890.5000, 12345678901234567890.5"
    })
    void numbersAreEqualWhateverTheirScale(String text, String comparable) {
        assertThat(KeyText.NUMERIC.comparable(text)).isEqualTo(comparable);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {"", "-", ".", "1.", ".5", "01", "-0", "-0.0", "1e3", "+1", " 1", "1 ", "NaN", "1.0x", "--1"})
    void whatTheServerDoesNotWriteAsANumberDoesNotTell(String text) {
        assertThat(KeyText.NUMERIC.comparable(text)).isNull();
    }

    @Test
    void blanksAtTheEndMeanNothing() {
        assertThat(KeyText.BLANK_PADDED.comparable("a b  ")).isEqualTo("a b");
        assertThat(KeyText.BLANK_PADDED.comparable("  ")).isEmpty();
        assertThat(KeyText.BLANK_PADDED.comparable(" a")).isEqualTo(" a");
    }

    @Test
    void anyOtherTextIsWhatItIsOrDoesNotTell() {
        assertThat(KeyText.AS_IT_IS.comparable("1.0 ")).isEqualTo("1.0 ");
        assertThat(KeyText.UNKNOWN.comparable("a")).isNull();
    }
}
