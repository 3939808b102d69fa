package dev.londiste.replication.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.PgqException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableStateTest {

    @ParameterizedTest
    @ValueSource(strings = {"in-copy", "catching-up", "wanna-sync:17", "do-sync:9223372036854775807", "ok"})
    void statesAreThoseOfTheManualPage(String text) {
        assertThat(TableState.parse(text)).hasToString(text);
        assertThat(TableState.parse(text).mergeState()).isEqualTo(text);
    }

    @Test
    void noStateIsNew() {
        assertThat(TableState.parse(null)).isEqualTo(TableState.NEW).hasToString("NEW");
        assertThat(TableState.NEW.mergeState()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"NEW", "", "wanna-sync", "wanna-sync:", "do-sync:x", "ok:1", "OK"})
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> TableState.parse(text))
                .isInstanceOf(PgqException.class)
                .hasMessageContaining("is not a state of a table");
    }
}
