package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

class PgqParticipantsTest {

    @Test
    void areOnePerContext() throws Exception {
        try (var context = new DefaultCamelContext();
                var other = new DefaultCamelContext()) {
            assertThat(PgqParticipants.of(context))
                    .isSameAs(PgqParticipants.of(context))
                    .isNotSameAs(PgqParticipants.of(other));
        }
    }
}
