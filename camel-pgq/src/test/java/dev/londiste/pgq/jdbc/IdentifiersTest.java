package dev.londiste.pgq.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class IdentifiersTest {

    @Test
    void quotesWhateverIsInAName() {
        assertThat(Identifiers.quote("order")).isEqualTo("\"order\"");
        assertThat(Identifiers.quote("a\"; drop table b; --")).isEqualTo("\"a\"\"; drop table b; --\"");
        assertThat(Identifiers.qualified("Shop", "order.lines")).isEqualTo("\"Shop\".\"order.lines\"");
    }

    @Test
    void quotesWhateverIsInAText() {
        assertThat(Identifiers.literal("it's \\ %")).isEqualTo("E'it''s \\\\ %'");
        assertThatThrownBy(() -> Identifiers.literal("a\0b")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesWhatNoNameCanBe() {
        assertThatThrownBy(() -> Identifiers.quote("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Identifiers.quote("a\0b")).isInstanceOf(IllegalArgumentException.class);
    }
}
