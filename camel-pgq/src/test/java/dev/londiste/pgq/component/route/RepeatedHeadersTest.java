package dev.londiste.pgq.component.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.apache.camel.Message;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RepeatedHeadersTest {

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final RepeatedHeaders headers = new RepeatedHeaders();

    /** Which decides on the map of headers. */
    @BeforeEach
    void init() {
        context.init();
    }

    @AfterEach
    void close() throws IOException {
        context.close();
    }

    @Test
    void eachMessageHasItsOwnValuesUnderTheSameNames() {
        var first = message("b", 1, "a", 2);
        var second = message("b", 3, "a", 4);

        assertThat(first.getHeaders()).containsExactlyInAnyOrderEntriesOf(Map.of("a", 2, "b", 1));
        assertThat(second.getHeaders()).containsExactlyInAnyOrderEntriesOf(Map.of("a", 4, "b", 3));
        assertThat(second.getHeader("A")).isEqualTo(4);
    }

    @Test
    void namesMayComeAndGo() {
        message("a", 1, "b", 2, "c", 3);

        assertThat(message("a", 4).getHeaders()).containsExactlyEntriesOf(Map.of("a", 4));
        assertThat(message("c", 5, "a", 6, "d", null).getHeaders()).isEqualTo(Map.of("a", 6, "c", 5));
        assertThat(message("c", 7, "b", 8, "a", 9).getHeaders()).isEqualTo(Map.of("a", 9, "b", 8, "c", 7));
        assertThat(message().getHeaders()).isEmpty();
    }

    private Message message(Object... namesAndValues) {
        headers.begin();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        var message = new DefaultMessage(context);
        headers.moveTo(message);
        return message;
    }
}
